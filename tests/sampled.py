"""The sample reports as a store, read by the command as a user would."""

import subprocess
import sys
from pathlib import Path

from kg.asking.answering import answer_from, plans_of, refusal
from kg.asking.lexicon import lexicon_of, names_in_graph
from kg.asking.looking import look
from kg.asking.understanding import understand
from kg.snapshots import latest, open_read_only

SAMPLES = Path(__file__).parent.parent / "ingest" / "samples"


def read_samples(store_path):
    """Read them into a new store."""
    command = [sys.executable, "-m", "aifkg", "ingest", str(SAMPLES), "--store", str(store_path)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    return store_path


def asking(store_path):
    """A function that answers questions over the last version of the store, without a server."""
    store = open_read_only(latest(store_path))
    lexicon = lexicon_of(names_in_graph(store))

    def ask(question):
        understood = understand(question, lexicon)
        if understood.gap:
            return refusal(understood, question)
        found = look(store, plans=plans_of(understood))
        return answer_from(found, question=question, understood=understood)

    return ask
