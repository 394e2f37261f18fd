"""What can be wrong with the ontology's own files; this package imports none of the others."""


class OntologyError(ValueError):
    """A file of the ontology that cannot be used; `str(error)` names the file and the fault."""


class BrokenTurtle(OntologyError):
    """A Turtle or TriG file that does not parse."""

    def __init__(self, file: str, reason: str) -> None:
        """Keep the file's name apart, so that a table of checks can print it in a column."""
        super().__init__(f"{file}: {reason}")
        self.file = file
        self.reason = reason
