"""Brings a run into trouble: faults of the sandbox, kills at requests and at statements, races, overlaps."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, event

from tierkeeper.plugins.errors import LeaseHeld
from tierkeeper.plugins.transport.policy import Transport
from tierkeeper.sync.ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from soak.acts import Trouble
    from soak.stage import Stage

BUDGETS = ("dry", "few-creates")
OURS = (*BUDGETS, "kill-before", "kill-after", "kill-statement", "overlap", "meddle")


class Killed(BaseException):
    """The process ends here."""


class Overlapped(AssertionError):
    """A second run was not kept out."""


class Troubles:
    """What is on during one run; `met` counts what really happened, by kind."""

    def __init__(self, stage: Stage, troubles: Sequence[Trouble], met: dict[str, int]) -> None:
        self.stage, self.met = stage, met
        self.ours = [trouble for trouble in troubles if trouble.kind in OURS]
        self.faults = [trouble for trouble in troubles if trouble.kind not in OURS]
        self.requests = self.statements = 0
        self.thread = threading.get_ident()
        self.busy = False

    def _due(self, kinds: str, count: int) -> Iterator[Trouble]:
        for trouble in self.ours:
            if trouble.kind in kinds.split() and trouble.at == count:
                self.met[trouble.kind] = self.met.get(trouble.kind, 0) + 1
                yield trouble

    def statement(self, *_: Any) -> None:
        """Count a statement of the ledger's, and perhaps end there."""
        if threading.get_ident() != self.thread or self.busy:
            return
        count, self.statements = self.statements, self.statements + 1
        for _trouble in self._due("kill-statement", count):
            raise Killed

    def before(self, count: int) -> None:
        """What happens before a request is sent."""
        for trouble in self._due("kill-before overlap meddle", count):
            if trouble.kind == "kill-before":
                raise Killed
            self.busy = True
            if trouble.kind == "overlap":
                self._overlap()
            elif trouble.act is not None:
                with self._spared():
                    self.stage.play(trouble.act)
            self.busy = False

    def after(self, count: int) -> None:
        """What happens when its answer is there."""
        for _trouble in self._due("kill-after", count):
            raise Killed

    def _overlap(self) -> None:
        try:
            self.stage.cycle()
        except LeaseHeld:
            with Ledger.open(self.stage.desk.ledger_path, desk=self.stage.policy.desk.name, read_only=True) as ledger:
                ledger.last_runs(1)
            return
        raise Overlapped

    @contextmanager
    def _spared(self) -> Iterator[None]:
        """People are spared from the faults of our run."""
        boards = self.stage.faults.values()
        held = [board._faults for board in boards]
        for board in boards:
            board._faults = []
        try:
            yield
        finally:
            for board, faults in zip(boards, held, strict=True):
                board._faults = faults

    @contextmanager
    def on(self) -> Iterator[None]:
        """Let them happen."""
        send = Transport._send

        def sent(transport: Transport, ask: Any) -> Any:
            count, self.requests = self.requests, self.requests + 1
            self.before(count)
            answer = send(transport, ask)
            self.after(count)
            return answer

        for trouble in self.ours:
            if trouble.kind == "dry":
                self.stage.dry = trouble.at
            elif trouble.kind == "few-creates":
                self.stage.creates = trouble.at
        made = [(trouble.kind, self._fault(trouble)) for trouble in self.faults]
        Transport._send = sent  # type: ignore[assignment,method-assign]  # the one door to a tracker
        event.listen(Engine, "before_cursor_execute", self.statement)
        try:
            yield
        finally:
            event.remove(Engine, "before_cursor_execute", self.statement)
            Transport._send = send  # type: ignore[method-assign]  # as it was
            for kind in self.stage.spent():
                self.met[kind] = self.met.get(kind, 0) + 1
            for board in self.stage.faults.values():
                board.clear()
            for kind, fault in made:
                if fault.hits:
                    self.met[kind] = self.met.get(kind, 0) + 1

    def _fault(self, trouble: Trouble) -> Any:
        options = dict(trouble.options)
        kind = trouble.kind
        if kind == "per-issue":
            kind, options["reason"] = "rate-limit", "jira-per-issue-on-write"
        return self.stage.faults[options.pop("on", "")].add(kind, skip=trouble.at, **options)
