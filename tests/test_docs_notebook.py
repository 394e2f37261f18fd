"""The researcher's notebook runs whole over the sample reports, and cites what it plots."""

import base64
import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from sampled import read_samples
from served import ROOT, served

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning"),
]
PATH = Path(ROOT / "docs" / "researcher.ipynb")


@pytest.fixture(scope="module")
def cells(tmp_path_factory):
    folder = tmp_path_factory.mktemp("notebook")
    with pytest.MonkeyPatch.context() as environment, served(read_samples(folder / "store")) as service:
        environment.setenv("AIFKG_URL", service.url)
        environment.setenv("IPYTHONDIR", str(folder))
        environment.setenv("MPLCONFIGDIR", str(folder))
        notebook = nbformat.read(PATH, as_version=4)
        yield NotebookClient(notebook, timeout=120, kernel_name="python3").execute().cells


def printed(cells, words):
    """The text that the cell with these words gave."""
    cell = next(cell for cell in cells if words in cell.source)
    return "\n".join(
        out.get("text") or out.get("data", {}).get("text/plain", "") for out in cell.get("outputs", ())
    )


def test_it_is_kept_without_outputs():
    kept = nbformat.read(PATH, as_version=4)
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in kept.cells)


def test_every_cell_runs(cells):
    code = [cell for cell in cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == [*range(1, len(code) + 1)]
    assert re.search(r"\d+ claims from [1-9]\d* reports", printed(cells, "client.stats()"))


def test_the_frame_holds_quotes(cells):
    assert "quote" in printed(cells, "figures = client.select")


def test_the_plot_is_a_picture_and_every_point_is_cited(cells):
    (plot,) = [
        out.data["image/png"]
        for cell in cells
        for out in cell.get("outputs", ())
        if "image/png" in out.get("data", {})
    ]
    assert base64.b64decode(plot).startswith(b"\x89PNG")
    cited = re.findall(r"^\[(\d+)\] (.+)", printed(cells, "client.citation(row.claim)"), re.M)
    assert len(cited) >= 3
    assert len({number for number, _ in cited}) == len(cited)
