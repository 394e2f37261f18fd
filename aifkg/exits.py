"""Exit codes of the command, the same for every subcommand; documented in docs/operating.md."""

from enum import IntEnum


class Exit(IntEnum):
    """What the process tells its caller."""

    DONE = 0
    SOME_FAILED = 1  # a report was refused, or a named thing is unknown; the rest was done
    USAGE = 2  # the command line or a setting cannot be used; nothing was done
    STORE = 3  # the store is locked by another writer, missing, damaged, read-only or full
    INTERRUPTED = 130  # Ctrl-C: what was finished until then is stored
