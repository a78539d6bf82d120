"""What pytest sees: a file of cases, and one test a case."""

from collections.abc import Iterator
from functools import cache
from os import PathLike
from typing import Any

import pytest

from tierkeeper.plugins.host import Host, load_plugins
from tierkeeper.rules.testing.case_file import RuleCase, read_cases
from tierkeeper.rules.testing.failure import CaseFailed
from tierkeeper.rules.testing.play import run_case


@cache
def installed() -> Host:
    """Every plugin that is installed, loaded once."""
    return load_plugins()


class RuleCases(pytest.File):
    """A file of cases."""

    def collect(self) -> Iterator["RuleCaseItem"]:
        """One test a case. What is wrong with the file fails its collection."""
        try:
            cases = read_cases(self.path, installed())
        except CaseFailed as failed:
            raise self.CollectError(str(failed)) from None
        for case in cases:
            yield RuleCaseItem.from_parent(self, name=f"{case.rule} {case.it}", case=case)


class RuleCaseItem(pytest.Item):
    """One case."""

    def __init__(self, *, case: RuleCase, **rest: Any) -> None:
        super().__init__(**rest)
        self.case = case

    def runtest(self) -> None:
        """Play it."""
        run_case(self.case)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *args: Any, **kwargs: Any) -> Any:
        """What was expected and what came; for a rule that raised, where."""
        error = excinfo.value
        if not isinstance(error, CaseFailed):
            return super().repr_failure(excinfo, *args, **kwargs)
        if error.__cause__ is not None:
            inner = pytest.ExceptionInfo.from_exception(error.__cause__)
            return f"{error}\n\n{inner.getrepr(style='short')}"
        return str(error)

    def reportinfo(self) -> tuple[PathLike[str] | str, int | None, str]:
        """File and line of the case."""
        return self.path, self.case.line - 1, self.name
