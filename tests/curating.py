"""A service with curators: keys of every scope, and the claims of the two small reports of `market`."""

import contextlib
import hashlib
import json

from market import FIRST, SECOND
from served import served

from kg.graph import Graph
from kg.settings import Settings
from ontology import terms

SCOPES = {
    "ann": "curate",
    "bob": "curate",
    "reader": "read",
    "feeder": "ingest",
    "boss": "admin",
    "old": "",  # a line of before there were scopes
}


def write_keys(path):
    """A file of keys; each key is its name with a dash and "key"."""
    lines = [
        f"{name} {hashlib.sha256(f'{name}-key'.encode()).hexdigest()} {scopes}"
        for name, scopes in SCOPES.items()
    ]
    path.write_text("\n".join(line.strip() for line in lines) + "\n")
    return path


def publish_market(store_path):
    """Publish both reports."""
    with Graph.open(Settings(store=str(store_path))) as graph:
        graph.replace_report(FIRST)
        graph.replace_report(SECOND)
        graph.publish()


@contextlib.contextmanager
def curated(folder, **settings):
    """A service over the two reports, with the keys."""
    store_path = folder / "store"
    publish_market(store_path)
    with served(store_path, keys=write_keys(folder / "keys"), **settings) as running:
        yield Curators(running)


class Curators:
    """Talks to the service, with a key where a name is given."""

    def __init__(self, service):
        self.service = service

    def get(self, path, by=None):
        return self.call("GET", path, None, by)

    def post(self, path, body=None, by="ann"):
        return self.call("POST", path, body, by)

    def call(self, method, path, body=None, by="ann"):
        headers = {"Authorization": f"Bearer {by}-key"} if by else {}
        data = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            data = json.dumps(body).encode()
        return self.service.ask(path, method=method, data=data, headers=headers)

    def claim(self, words):
        """The claim whose statement has these words."""
        found = self.get("/api/claims?limit=500").json["claims"]
        return next(claim for claim in found if words in claim["statement"])

    def does(self, action, by="ann", **more):
        """The one entry that an action makes."""
        reply = self.post("/api/curation", {"action": action, **more}, by)
        assert reply.status == 201, reply.text
        return reply.json["entries"][0]

    def facts(self, entity):
        found = self.get(f"/api/entities/{entity}").json["facts"]
        return {(fact["predicate"]["id"], fact["object"]["id"]) for fact in found}


SMALLCLOUD = terms.ID + "0123456789abcdef"
