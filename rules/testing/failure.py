"""What a case that does not hold raises."""

from collections.abc import Iterable

from tierkeeper.plugins.model.problem import Problem
from tierkeeper.rules.policy.yaml_text import Document, Path


class CaseFailed(AssertionError):
    """A case does not hold, or cannot be played. The message begins with file and line."""


def failure(document: Document, path: Path, message: str, hint: str = "") -> CaseFailed:
    """What is wrong at `path`."""
    on_key = bool(path) and isinstance(path[-1], str)
    return CaseFailed(str(document.problem(path, message, hint=hint, on_key=on_key)))


def failures(problems: Iterable[Problem]) -> CaseFailed:
    """All that is wrong with a file."""
    return CaseFailed("\n".join(str(problem) for problem in problems))
