"""What a client raises: the service's own word on a request, or that there was none."""

from pydantic import ValidationError

from api.problems import Problem


class ClientError(Exception):
    """Base of what a client raises."""


class Unreachable(ClientError):
    """No whole answer came, or one that no service of ours gives."""


class Refused(ClientError):
    """The service answered with a problem; `code` is stable, `str(error)` is its sentence."""

    def __init__(self, problem: Problem) -> None:
        """Keep the whole problem."""
        super().__init__(problem.detail)
        self.problem = problem

    @property
    def code(self) -> str:
        """The stable code, as `unknown-iri`; docs/api.md lists them."""
        return self.problem.code

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.problem.status


def failure_of(status: int, body: bytes) -> ClientError:
    """The error that an answer with this status is."""
    try:
        return Refused(Problem.model_validate_json(body))
    except ValidationError:
        return Unreachable(f"the answer is no problem of ours: HTTP status {status}")
