"""What a person is told when a command fails, and the exit code."""

import os
import sys
import traceback

from tierkeeper.plugins.errors import LeaseHeld, PolicyError, TierkeeperError, UsageError
from tierkeeper.sync.cli.screen import Screen

DEBUG = "TIERKEEPER_DEBUG"


def exit_code(error: BaseException) -> int:
    """The exit code that an error ends the command with."""
    if isinstance(error, PolicyError | UsageError):
        return 2
    if isinstance(error, LeaseHeld):
        return 3
    return 130 if isinstance(error, KeyboardInterrupt) else 1


def tell(error: Exception) -> int:
    """Say on standard error what went wrong and what to do; the exit code."""
    screen = Screen()
    if isinstance(error, PolicyError):
        for problem in error.problems:
            screen.complain(str(problem))
        screen.complain("Nothing was read or written.")
    elif isinstance(error, TierkeeperError):
        screen.complain(f"tierkeeper: {error}")
    else:
        screen.complain(_unexpected(error))
    if os.environ.get(DEBUG):
        screen.complain("".join(traceback.format_exception(error)))
    return exit_code(error)


def _unexpected(error: Exception) -> str:
    """One line for a defect: what it was and where, and how to see more."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" ({os.path.relpath(frames[-1].filename, sys.prefix)}:{frames[-1].lineno})" if frames else ""
    said = " ".join(str(error).split())
    more = "" if os.environ.get(DEBUG) else f" {DEBUG}=1 shows the traceback."
    return (
        f"tierkeeper: a defect of Tierkeeper or of a plugin: {type(error).__name__}: {said}{where}. "
        f"Please report this line, and what you ran.{more}"
    )
