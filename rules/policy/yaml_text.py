"""YAML text → plain data, with the place of every key and value."""

import re
import warnings
from collections.abc import Mapping
from typing import NoReturn

import msgspec
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import Node

from tierkeeper.plugins.errors import PolicyError
from tierkeeper.plugins.model.problem import Problem

Path = tuple[str | int, ...]
"""Where a value stands: keys of mappings, positions in lists."""

MOST_CHARACTERS = 1_000_000
_LONGEST_LINE = 160
_BREAK = re.compile(r"\r\n|[\n\r\x85\u2028\u2029]")
_UNPRINTABLE = re.compile(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_PARSER_WORDS = (
    ("that cannot start any token", "a value cannot begin with this character", "put quotes around the value"),
    ("mapping values are not allowed", "a second colon on one line", "put quotes around the text, or begin a new line"),
    ("expected <block end>", "this line does not fit the lines above it", "check the indentation"),
    ("could not find expected ':'", "a key without its colon", "write key: value"),
    ("but found another document", "a second document begins here", "a policy is one document; leave out the ---"),
    ("found undefined alias", "an alias without its anchor", "write the anchor (&name) before the alias (*name)"),
    ("<stream end>", "the file ends in the middle of a value", "close every bracket and quote"),
    ("unexpected end of stream", "the file ends in the middle of a value", "close every bracket and quote"),
)


class Mark(msgspec.Struct, frozen=True):
    """A place in the text, from 1, and how many columns it takes."""

    line: int
    column: int
    width: int = 1


class Document(msgspec.Struct, frozen=True):
    """A policy's text, read: plain data, and the place of each value and each key."""

    file: str
    lines: tuple[str, ...]
    data: Mapping[str, object]
    values: Mapping[Path, Mark]
    keys: Mapping[Path, Mark]

    def value(self, path: Path) -> object:
        """The value at `path`; None if there is none."""
        found: object = self.data
        for part in path:
            if isinstance(found, dict):
                found = found.get(part)
            elif isinstance(found, list) and isinstance(part, int) and part < len(found):
                found = found[part]
            else:
                return None
        return found

    def names(self, section: str) -> list[str]:
        """The names in a section, whether what they name is right or not."""
        found = self.value((section,))
        if isinstance(found, list):
            return [str(item["name"]) for item in found if isinstance(item, dict) and "name" in item]
        return list(found) if isinstance(found, dict) else []

    def mark(self, path: Path, *, on_key: bool = False) -> Mark:
        """The place of a value, or of its key, or of the nearest thing around it."""
        first, second = (self.keys, self.values) if on_key else (self.values, self.keys)
        for end in range(len(path), -1, -1):
            found = first.get(path[:end]) or second.get(path[:end])
            if found is not None:
                return found
        return Mark(1, 1)

    def token(self, path: Path) -> str:
        """A value as it stands in the text."""
        mark = self.mark(path)
        return self.lines[mark.line - 1][mark.column - 1 : mark.column - 1 + mark.width]

    def problem(self, path: Path, message: str, *, hint: str = "", on_key: bool = False, fatal: bool = True) -> Problem:
        """A finding about the value at `path`."""
        at = self.mark(path, on_key=on_key)
        return Problem(
            message=message,
            file=self.file,
            line=at.line,
            column=at.column,
            key=key_of(path),
            excerpt=_excerpt(self.lines, at),
            width=at.width,
            hint=hint,
            fatal=fatal,
        )


def key_of(path: Path) -> str:
    """A path as people write it: ``handovers[2].to``."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")


def read_yaml(text: str, file: str) -> tuple[Node | None, tuple[str, ...]]:
    """The text's root node (None: nothing in it) and its lines. Raises PolicyError where it is not YAML."""
    text = text.removeprefix("\ufeff")
    lines = tuple(_BREAK.split(text))
    if len(text) > MOST_CHARACTERS:
        _refuse(file, lines, Mark(1, 1), (f"{len(text):,} characters; a policy has at most {MOST_CHARACTERS:,}", ""))
    stray = _UNPRINTABLE.search(text)
    if stray is not None:
        before = _BREAK.split(text[: stray.start()])
        code = f"U+{ord(stray.group()):04X}"
        why = (f"the control character {code} cannot stand in a policy", "save the file as UTF-8 text without it")
        _refuse(file, lines, Mark(len(before), len(before[-1]) + 1), why)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a reused anchor is allowed in YAML 1.2
            return YAML(typ="safe", pure=True).compose(text), lines
    except MarkedYAMLError as error:
        unfinished = "end" in (error.problem or "") and "stream" in (error.problem or "")
        where = (error.context_mark if unfinished else None) or error.problem_mark or error.context_mark
        mark = Mark(where.line + 1, where.column + 1) if where is not None else Mark(1, 1)
        _refuse(file, lines, mark, _in_our_words(lines, mark, error))
    except RecursionError:
        _refuse(file, lines, Mark(1, 1), ("nested too deeply to be a policy", ""))
    except (YAMLError, ValueError, TypeError, AttributeError, IndexError, KeyError) as error:
        _refuse(file, lines, Mark(1, 1), (f"not YAML: {error}", ""))  # the parser's own slips on odd input


def refusal(file: str, lines: tuple[str, ...], mark: Mark, why: tuple[str, str]) -> Problem:
    """A finding about the text itself. `why` is the message and the hint."""
    message, hint = why
    return Document(file, lines, {}, {(): mark}, {}).problem((), message, hint=hint)


def _refuse(file: str, lines: tuple[str, ...], mark: Mark, why: tuple[str, str]) -> NoReturn:
    raise PolicyError([refusal(file, lines, mark, why)])


def _in_our_words(lines: tuple[str, ...], mark: Mark, error: MarkedYAMLError) -> tuple[str, str]:
    said = " ".join(part for part in (error.context, error.problem) if part)
    if _excerpt(lines, mark, raw=True)[mark.column - 1 : mark.column] == "\t":
        return "a tab where YAML wants spaces", "indent with spaces"
    found = next(((message, hint) for words, message, hint in _PARSER_WORDS if words in said), None)
    return found or (f"not YAML: {said}", "")


def _excerpt(lines: tuple[str, ...], mark: Mark, *, raw: bool = False) -> str:
    """The line as it stands, safe for a terminal and one column a character. Empty where it is too long to help."""
    line = lines[mark.line - 1] if mark.line <= len(lines) else ""
    if raw:
        return line
    if len(line) > _LONGEST_LINE:
        line = "" if mark.column + mark.width > _LONGEST_LINE else line[:_LONGEST_LINE] + "…"
    return "".join(" " if letter == "\t" else letter if letter.isprintable() else "\ufffd" for letter in line)
