"""phrases -> one pattern: words that many phrases share are looked at once.

An alternation of thousands of phrases tries each of them at every place of a text; as a tree of their
beginnings it tries each next sign once. Of two phrases that start alike the longer one is tried first.
"""

import re
from collections.abc import Iterable, Mapping


def any_phrase(phrases: Iterable[str], *, gaps: Mapping[str, str] | None = None) -> str:
    r"""A regular expression, as a group, that matches any of the phrases and keeps no group.

    `gaps` says what stands for some signs: {" ": r"\s+"} lets any white space stand for a space; other signs
    stand for themselves.

    >>> any_phrase(["data-base", "data", "dam"])
    '(?:da(?:m|ta(?:\\-base)?))'
    >>> re.match(any_phrase(["invest*", "investment in"], gaps={"*": r"\w*"}), "investment into").group()
    'investment in'
    """
    replaced = gaps or {}
    tree: _Tree = {}
    for phrase in phrases:
        node = tree
        for sign in phrase:
            node = node.setdefault(replaced.get(sign) or re.escape(sign), {})
        node[_END] = {}
    return f"(?:{_pattern(tree)})"


_Tree = dict[str, "_Tree"]
_END = ""


def _is_wild(sign: str) -> bool:
    return len(sign) > 1 and re.match(sign, "a") is not None and re.match(sign, "b") is not None


def _pattern(node: _Tree) -> str:
    # What may stand for any letters comes after the letters themselves, so the longer phrase is tried first.
    branches = sorted((sign for sign in node if sign != _END), key=lambda sign: (_is_wild(sign), sign))
    written = [sign + _pattern(node[sign]) for sign in branches]
    if not written:
        return ""
    if _END in node:
        return f"(?:{'|'.join(written)})?"
    return written[0] if len(written) == 1 else f"(?:{'|'.join(written)})"
