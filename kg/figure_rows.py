"""metrics -> the claims that give a figure of them, each with what ranks and orders it."""

from collections.abc import Collection

from pyoxigraph import Store

from kg.claim_shelf import shelf_of
from kg.queries import Row, rows


def figure_rows(
    store: Store, *, metrics: Collection[str], subjects: Collection[str] = (), period: str | None = None
) -> list[Row]:
    """Claims about these subjects, or about all, of a period by year or label, or of all.

    A row has claim, subject, unit, status and modality, and where they are known label, year and end of the
    period, asserted, value, low and high, all as the graph writes them.
    """
    shelf = shelf_of(store)
    if shelf:
        return shelf.figures(metrics=metrics, subjects=subjects, period=period)
    if subjects:
        # A thing has fewer claims than a metric, and the engine would begin with the metrics.
        of_all = rows(store, "figures_of", many={"subject": subjects})
        found = [row for row in of_all if row["metric"] in metrics]
    else:
        found = rows(store, "figures", many={"metric": metrics})
    return [row for row in found if period in (None, row.get("label"), row.get("year"))]
