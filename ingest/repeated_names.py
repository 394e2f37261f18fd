"""groups -> more of their names: a name that was found once is found wherever the report writes it again.

A person is also found by the last name alone. Words that the report also uses as ordinary ones are left out.
"""

from collections.abc import Iterator, Sequence

from spacy.tokens import Doc

from ingest.candidate_scene import Scene
from ingest.name_groups import Group
from ingest.names import Spotted

_SHORTEST = 4  # letters of a single word


def add_repeated_names(doc: Doc, scene: Scene, groups: Sequence[Group]) -> None:
    """Add to each group the places where its names stand and nothing else was found."""
    taken = {i for group in groups for spot in group.spots for i in range(spot.start, spot.end)}
    lowered = {word for word in scene.words if word.islower()}
    by_first: dict[str, list[tuple[list[str], Group]]] = {}
    for group in groups:
        for words in _names(group):
            if len(words) > 1 or (len(words[0]) >= _SHORTEST and words[0].lower() not in lowered):
                by_first.setdefault(words[0], []).append((words, group))
    for i in scene.active:
        for words, group in by_first.get(scene.words[i], ()):
            span = range(i, i + len(words))
            if scene.words[i : i + len(words)] == words and taken.isdisjoint(span):
                taken.update(span)
                group.spots.append(Spotted(i, i + len(words), (), group.type))
                group.names[" ".join(words)] += 1


def _names(group: Group) -> Iterator[list[str]]:
    if group.type not in ("Person", "Organization") or (group.iri and group.type != "Person"):
        return
    for name in list(group.names):
        words = name.split()
        yield words
        if group.type == "Person" and len(words) > 1:
            yield words[-1:]
