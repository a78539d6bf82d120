"""CODEOWNERS as GitHub reads it: the last line whose pattern fits a path names its owners."""

import re
from collections.abc import Iterator

import msgspec

_WORDS = re.compile(r"(?:\\.|\S)+")


class OwnedPaths(msgspec.Struct, frozen=True):
    """One line: which paths it is about, and their owners (``@user``, ``@org/team``, mail). None: nobody owns them."""

    line: int
    pattern: re.Pattern[str]
    owners: tuple[str, ...] = ()


def read_codeowners(text: str) -> tuple[OwnedPaths, ...]:
    """The lines of a file that say something. What GitHub skips is skipped."""
    return tuple(_lines(text))


def owners_of(path: str, lines: tuple[OwnedPaths, ...]) -> tuple[str, ...]:
    """The owners of a path; one that ends in ``/`` stands for a file in that folder."""
    asked = path.removeprefix("/")
    asked = f"{asked}file" if asked.endswith("/") or not asked else asked
    return next((line.owners for line in reversed(lines) if line.pattern.fullmatch(asked)), ())


def _lines(text: str) -> Iterator[OwnedPaths]:
    for number, line in enumerate(text.splitlines(), 1):
        words = _WORDS.findall(line)
        until = next((place for place, word in enumerate(words) if word.startswith("#")), len(words))
        if not until or words[0].startswith("!") or "[" in words[0]:
            continue
        yield OwnedPaths(number, re.compile(_expression(words[0])), tuple(words[1:until]))


def _expression(pattern: str) -> str:
    """A pattern as a regular expression for whole paths, which have no slash in front."""
    parts = pattern.strip("/").split("/")
    anchored = "/" in pattern.rstrip("/")
    folder = pattern.endswith("/")
    found = "" if anchored else "(?:.*/)?"
    for place, part in enumerate(parts):
        last = place == len(parts) - 1
        if part == "**":
            found += ".*" if last else "(?:.*/)?"
        else:
            found += _part(part) + ("" if last else "/")
    if folder:
        return f"{found}/.*"
    only_here = parts[-1] == "*" and len(parts) > 1  # docs/* has the files of docs, and not those of its folders
    return found if only_here else f"{found}(?:/.*)?"


def _part(text: str) -> str:
    found, escaped = "", False
    for letter in text:
        if escaped or letter not in "*?\\":
            found += re.escape(letter)
            escaped = False
        elif letter == "\\":
            escaped = True
        else:
            found += "[^/]*" if letter == "*" else "[^/]"
    return found
