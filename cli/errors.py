"""What the command line itself says no to, and the exit code of each kind.

0: done. 1: the film or the wish was refused, or something failed. 2: the
command was used wrongly. 130: interrupted.
"""

from typing import Final

EXIT_FAILED: Final = 1
EXIT_USAGE: Final = 2
EXIT_INTERRUPTED: Final = 130


class CliError(Exception):
    """A sentence for the person at the keyboard; nothing else of it is shown."""

    exit_code: int = EXIT_FAILED


class UsageError(CliError):
    """The command was given something that it can't work with."""

    exit_code = EXIT_USAGE


class NotRunningError(CliError):
    """There is no deployment to talk to."""


class NotFinishedError(CliError):
    """Something took longer than it may; the message says what is known and what to do."""


class RefusedError(CliError):
    """The pipeline refused the film, or failed; the message is the record's reason."""
