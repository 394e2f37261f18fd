"""a report's quads -> the pending change that brings them in or takes them out, with all that follows."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from pyoxigraph import Quad

from kg.anchors import anchored
from kg.candidates import describe_candidates
from kg.copies import link_copies
from kg.curated import curated, rules_in
from kg.merge import Merged, merge
from kg.prepared import Prepared
from kg.questions import Questions
from kg.settle import settle
from kg.stated import Stated, read_stated, stated_in, text_of
from kg.view import Readable, View
from kg.vocabulary import graph_of
from ontology import terms


def bring_in(
    view: View, report: str, old: Sequence[Quad], new: Iterable[Quad], *, now: datetime, questions: Questions
) -> Merged:
    """Have the report's new version in the view, in the place of `old`, which is what its graph holds."""
    merged = merge(old, curated(view, anchored(old, new)))
    view.replace(old, merged.quads)
    _follow(view, report, merged.touched, now, questions)
    return merged


def succession(store: Readable, report: str, old: Sequence[Quad], all_versions: Sequence[Prepared]) -> View:
    """The store with the report as if these versions had come one after the other; `old` is what it holds.

    What each would have changed is put together, so that it is one change of the store.
    """
    step = View(store)
    take_out(step, report, old, now=all_versions[0].recorded_at)
    whole = View(store, step.delta)
    for each in all_versions:
        step = View(step)
        before = list(step.match(graph=graph_of(report)))
        bring_in(step, report, before, each.quads, now=each.recorded_at, questions=Questions())
        for quad in step.delta.out:
            whole.drop(quad)
        for quad in step.delta.into:
            whole.add(quad)
    return whole


def take_out(view: View, report: str, old: Sequence[Quad], *, now: datetime) -> None:
    """Have nothing of the report in the view; `old` is what its graph holds."""
    view.replace(old, [])
    _follow(view, report, stated_in(old), now, Questions())


def _follow(view: View, report: str, touched: list[Stated], now: datetime, questions: Questions) -> None:
    """Add to the view what a report's change means for the rest of the graph."""
    came, went = list(view.delta.into), list(view.delta.out)
    rules = rules_in(view)
    describe_candidates(view, came, went, merged=rules.became, new_things=rules.new_things)
    # Whether claims disagree depends on whether their reports are one source.
    relinked = [
        claim
        for copy in link_copies(view, report)
        for quad in view.having(terms.REPORTED_IN, copy)
        if (claim := read_stated(view, text_of(quad.subject)))
    ]
    settle(view, {claim.iri: claim for claim in [*touched, *relinked]}.values(), now=now, questions=questions)
