"""Collects what is wrong with a policy, with its place and the nearest match."""

import re
from collections.abc import Iterable
from difflib import SequenceMatcher, get_close_matches

import msgspec

from tierkeeper.plugins.errors import PolicyError
from tierkeeper.plugins.model.problem import Problem
from tierkeeper.rules.policy.yaml_text import Document, Path

_SHOWN = 24
_NEAR = 0.6
_VERY_NEAR = 0.85
_SECRET = re.compile(r"token|passw|secret|credential|api_?key|^pat$", re.IGNORECASE)


class Findings:
    """Every finding about one document."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self._found: dict[tuple[str, str], Problem] = {}
        self._secret_lines: set[int] = set()

    def add(self, path: Path, message: str, hint: str = "", *, on_key: bool = False) -> None:
        """A finding that stops the run. `on_key`: it is the key that is wrong, not its value."""
        self._take(self.document.problem(path, message, hint=hint, on_key=on_key))

    def warn(self, path: Path, message: str, hint: str = "") -> None:
        """A finding that people should know of, and that stops nothing."""
        self._take(self.document.problem(path, message, hint=hint, fatal=False))

    def hide(self, path: Path) -> None:
        """Report a secret. Its line is not shown, by this finding or by any other one."""
        self._secret_lines |= {self.document.mark(path).line, self.document.mark(path, on_key=True).line}
        hint = "secrets come from the environment, a file named there, or a keyring; never from the policy"
        self.add(path, "a secret does not belong in a policy", hint, on_key=True)

    def take(self, problems: Iterable[Problem]) -> None:
        """Findings that were made before."""
        for problem in problems:
            self._take(problem)

    def _take(self, problem: Problem) -> None:
        self._found.setdefault((problem.key, problem.message), problem)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """Those that stop nothing, in the order of the file."""
        return tuple(problem for problem in self._sorted() if not problem.fatal)

    def refuse(self) -> None:
        """Raise what was found so far, if anything of it is fatal."""
        fatal = [problem for problem in self._sorted() if problem.fatal]
        if fatal:
            raise PolicyError(fatal)

    def _sorted(self) -> list[Problem]:
        shown = [
            msgspec.structs.replace(problem, excerpt="") if problem.line in self._secret_lines else problem
            for problem in self._found.values()
        ]
        return sorted(shown, key=lambda problem: (problem.line, problem.column))


def looks_secret(word: str) -> bool:
    """Whether a key's name says that its value is a secret."""
    return _SECRET.search(word) is not None


def nearest(word: str, names: Iterable[str]) -> str:
    """The name that `word` was most likely meant to be; empty if none is near."""
    folded = {name.casefold(): name for name in names}
    close = get_close_matches(word.casefold(), folded, n=1, cutoff=_NEAR)
    begun = [name for name in folded if len(word) > 1 and name.startswith(word.casefold())]
    return folded[(close or begun)[0]] if close or begun else ""


def nearly_same(word: str, names: Iterable[str]) -> str:
    """The name that `word` is most likely a slip of. Names that differ in their number only are different names."""
    key = word.casefold()
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(key)
    for name in names:
        other = name.casefold()
        matcher.set_seq1(other)
        near = matcher.real_quick_ratio() > _VERY_NEAR and matcher.quick_ratio() > _VERY_NEAR
        if near and matcher.ratio() > _VERY_NEAR and _without_digits(other) != _without_digits(key):
            return name
    return ""


def listed(what: str, names: Iterable[str]) -> str:
    """``tiers: help-desk, support``, cut where it gets long."""
    known = list(names)
    more = f", … ({len(known)} in all)" if len(known) > _SHOWN else ""
    return f"{what}: {', '.join(known[:_SHOWN]) or 'none'}{more}"


def did_you_mean(word: str, what: str, names: Iterable[str]) -> str:
    """The hint for an unknown name: the nearest one, and what there is."""
    known = list(names)
    near = nearest(word, known)
    return f'did you mean "{near}"? {listed(what, known)}' if near else listed(what, known)


def unknown(findings: Findings, path: Path, what: tuple[str, str], names: Iterable[str]) -> None:
    """Report the name that stands at `path` as unknown. `what` is its word, in the singular and plural."""
    word = str(findings.document.value(path))
    findings.add(path, f'unknown {what[0]} "{word}"', did_you_mean(word, what[1], names))


def unknown_key(findings: Findings, path: Path, what: tuple[str, str], names: Iterable[str]) -> None:
    """Report the key at the end of `path` as an unknown name."""
    word = str(path[-1])
    findings.add(path, f'unknown {what[0]} "{word}"', did_you_mean(word, what[1], names), on_key=True)


def _without_digits(text: str) -> str:
    return "".join(letter for letter in text if not letter.isdigit())
