"""The error tree. Each class has a stable `code` and the HTTP `status` that it becomes.

AifkgError
├── UnreadableReport      a file that cannot be read as a report: what, why            422
├── InvalidGraph          a report's graph that breaks the shapes                      422
├── UnknownReport         no report with this id                                       404
├── UnknownIri            an IRI or id that the graph has never seen                   404
├── BadQuery              SPARQL that does not parse, with line and column             400
├── BadRequest            a request that breaks the protocol                           400
├── Forbidden             SERVICE, LOAD, remote FROM, or a write without a key         403
├── MissingScope          a key that may do other things, but not this                 403
├── ChangedMeanwhile      a decision on what somebody else has decided since           409
├── Unauthorized          a write without a key that is known                          401
├── TooManyRequests       a key that writes too often                                  429
├── NotAcceptable         no media type that the client takes                          406
├── UnsupportedMedia      a request body of a type that is not read here               415
├── BodyTooLarge          a request body past the limit                                413
├── MethodNotAllowed      a method that the resource does not know                     405
├── QueryTimeout          a query that ran past its deadline                           504
├── QueryTooHeavy         a result or a query past the limits of size and memory       507
├── QueryFailed           a query that the engine could not evaluate                   400
├── RemoteServiceFailed   an endpoint of a SERVICE that gave no answer                 502
├── Overloaded            the queue is full; try again later                           503
├── StoreUnavailable      the store is missing, locked, or damaged                     503
│   ├── DamagedVersion    a published version whose files cannot be read               503
│   ├── StoreChanged      another writer of a remote store was first                   503
│   └── UnknownOutcome    a change that a remote store made or not                     503
├── BadBackup             a file that is no backup, or a damaged one                   422
├── StoreNotEmpty         a store that a backup would replace unasked                  409
└── BadSetting            a setting or command-line value that cannot be used          500
"""

from collections.abc import Mapping
from typing import ClassVar


class AifkgError(Exception):
    """Base of all errors of the product; `str(error)` is one sentence for a person."""

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 500
    title: ClassVar[str] = "Something went wrong"


class UnreadableReport(AifkgError):
    """A file that cannot be read as a report."""

    code = "unreadable-report"
    status = 422
    title = "The report cannot be read"

    def __init__(self, source: str, reason: str) -> None:
        """Keep the file's name and the reason apart, so that a summary can print them in columns."""
        super().__init__(f"{source}: {reason}")
        self.source = source
        self.reason = reason


class InvalidGraph(AifkgError):
    """A report's graph that breaks the shapes; nothing of it was stored."""

    code = "invalid-graph"
    status = 422
    title = "The report's graph breaks the shapes"

    def __init__(self, message: str, faults: Mapping[str, str] | None = None) -> None:
        """Keep what is wrong by the node that it is wrong with, so that one claim can be left out."""
        super().__init__(message)
        self.faults = dict(faults or {})


class UnknownReport(AifkgError):
    """No report with this id is in the store."""

    code = "unknown-report"
    status = 404
    title = "Unknown report"


class UnknownIri(AifkgError):
    """An IRI or id that the graph has never seen."""

    code = "unknown-iri"
    status = 404
    title = "Unknown resource"


class BadQuery(AifkgError):
    """SPARQL that does not parse."""

    code = "bad-query"
    status = 400
    title = "The query does not parse"

    def __init__(self, message: str, line: int | None = None, column: int | None = None) -> None:
        """Line and column are 1-based; None where the engine does not tell."""
        super().__init__(message)
        self.line = line
        self.column = column


class BadRequest(AifkgError):
    """A request that breaks the protocol."""

    code = "bad-request"
    status = 400
    title = "Bad request"


class Forbidden(AifkgError):
    """SERVICE, LOAD, remote FROM, or a write without a key."""

    code = "forbidden"
    status = 403
    title = "Not allowed here"


class MissingScope(AifkgError):
    """A key that may do other things, but not this."""

    code = "missing-scope"
    status = 403
    title = "The key may not do this"

    def __init__(self, scope: str) -> None:
        """The scope that the key lacks."""
        super().__init__(f"this needs a key with the scope {scope}")
        self.scope = scope


class ChangedMeanwhile(AifkgError):
    """A decision on what somebody else has decided since."""

    code = "changed-meanwhile"
    status = 409
    title = "Somebody else was here first"


class Unauthorized(AifkgError):
    """A write without a key that is known."""

    code = "unauthorized"
    status = 401
    title = "A key is needed"


class TooManyRequests(AifkgError):
    """A key that writes too often."""

    code = "too-many-requests"
    status = 429
    title = "Too many requests"

    def __init__(self, message: str, *, retry_after_s: float = 1.0) -> None:
        """When to come back, in seconds."""
        super().__init__(message)
        self.retry_after_s = retry_after_s


class NotAcceptable(AifkgError):
    """No media type that the client takes."""

    code = "not-acceptable"
    status = 406
    title = "No acceptable format"


class UnsupportedMedia(AifkgError):
    """A request body of a type that is not read here."""

    code = "unsupported-media-type"
    status = 415
    title = "Unsupported media type"


class BodyTooLarge(AifkgError):
    """A request body past the limit."""

    code = "body-too-large"
    status = 413
    title = "The request is too large"


class MethodNotAllowed(AifkgError):
    """A method that the resource does not know."""

    code = "method-not-allowed"
    status = 405
    title = "Method Not Allowed"


class QueryTimeout(AifkgError):
    """A query that ran past its deadline."""

    code = "query-timeout"
    status = 504
    title = "The query took too long"


class QueryTooHeavy(AifkgError):
    """A result past the size limit, or a query that ran out of memory or stack."""

    code = "query-too-heavy"
    status = 507
    title = "The query needs more than it may use"


class QueryFailed(AifkgError):
    """A query that parses but that the engine could not evaluate."""

    code = "query-failed"
    status = 400
    title = "The query could not be evaluated"


class RemoteServiceFailed(AifkgError):
    """An endpoint of a SERVICE that could not be asked, or that gave no table."""

    code = "remote-service-failed"
    status = 502
    title = "Another endpoint gave no answer"


class Overloaded(AifkgError):
    """The queue is full."""

    code = "overloaded"
    status = 503
    title = "Too many queries at once"


class StoreUnavailable(AifkgError):
    """The store is missing, locked by another writer, or damaged."""

    code = "store-unavailable"
    status = 503
    title = "The store is not available"


class DamagedVersion(StoreUnavailable):
    """A published version whose files are damaged or gone; those before it may be sound."""

    code = "damaged-version"
    title = "The version is damaged"

    def __init__(self, message: str, number: int | None = None) -> None:
        """The number is that of the version."""
        super().__init__(message)
        self.number = number


class StoreChanged(StoreUnavailable):
    """Another writer changed a remote store after it was looked at; nothing was changed."""

    code = "store-changed"
    title = "Another writer was first"


class UnknownOutcome(StoreUnavailable):
    """The connection to a remote store broke in the middle of a change, which may have been made or not."""

    code = "unknown-outcome"
    title = "Whether the store was changed is not known"


class BadBackup(AifkgError):
    """A file that is no backup, or a damaged one, or that cannot be written."""

    code = "bad-backup"
    status = 422
    title = "The backup cannot be used"


class StoreNotEmpty(AifkgError):
    """A store that a backup would replace without that being said."""

    code = "store-not-empty"
    status = 409
    title = "The store holds something"


class BadSetting(AifkgError):
    """A setting or command-line value that cannot be used."""

    code = "bad-setting"
    status = 500
    title = "A setting cannot be used"
