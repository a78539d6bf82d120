"""Who may be resent, and how long we wait: the same for every tracker.

====================  ==========================  ==========================  ================
what came back        read                        PUT, PATCH, DELETE          create, any POST
====================  ==========================  ==========================  ================
2xx                   done                        done                        done
rate limited          again, if within patience   again, if within patience   `OutOfBudget`
other 5xx             again, then `Unreachable`   `Unknown`                   `Unknown`
cut, maybe sent       again, then `Unreachable`   `Unknown`                   `Unknown`
cut, surely not sent  again, then `Unreachable`   `Unreachable`               `Unreachable`
3xx, 4xx, 501         our error tree              our error tree              our error tree
====================  ==========================  ==========================  ================

A 503 with Retry-After counts as rate limited, but for a create, where any 5xx leaves the outcome unknown.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import KW_ONLY, dataclass, field
from datetime import timedelta
from typing import NoReturn, TypeVar

import msgspec
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    wait_exponential_jitter,
)

from tierkeeper.plugins.errors import OutOfBudget, TrackerError, UnexpectedAnswer, Unreachable
from tierkeeper.plugins.transport.answer import Answer, Cut, NotModified, Send, Unknown, shown
from tierkeeper.plugins.transport.files import Download, Upload
from tierkeeper.plugins.transport.limits import SHORTEST, RateLimit, rate_limit
from tierkeeper.plugins.transport.paths import path_within
from tierkeeper.plugins.transport.ports import KINDS, Budget, EtagKey, Etags, Kind, Validator, Wall, out_of_budget
from tierkeeper.plugins.transport.refusals import NOT_IMPLEMENTED, check

_NOT_MODIFIED = 304
_SERVER_TROUBLE = 500
_RESENDABLE = frozenset({"PUT", "PATCH", "DELETE"})
_SHORT_WAITS = wait_exponential_jitter(initial=1, max=20, jitter=1)

R = TypeVar("R")


class _Ask(msgspec.Struct, frozen=True):
    """One thing to ask, however often it is sent."""

    kind: Kind
    method: str
    path: str
    json: object | None = None
    headers: Mapping[str, str] = {}
    feature: str | None = None


class _Again(Exception):  # a signal from one attempt to the loop around it
    """This attempt may be repeated, after `wait` if the server named one; if not, `final` is what to raise."""

    def __init__(self, final: TrackerError, wait: timedelta | None = None) -> None:
        super().__init__(str(final))
        self.final = final
        self.wait = wait


@dataclass(repr=False)
class Transport:
    """The policy around one client's `send`. Made anew each cycle, since `patience` is what it may sleep in all.

    `credential` names the token without being it: budget and ETags are kept by it. `requests` counts what went out,
    by kind.
    """

    send: Send
    _: KW_ONLY
    credential: str
    base_url: str
    budget: Budget
    etags: Etags
    wall: Wall
    patience: timedelta = timedelta(seconds=60)
    attempts: int = 4
    requests: dict[Kind, int] = field(default_factory=lambda: dict.fromkeys(KINDS, 0), init=False)

    def __post_init__(self) -> None:
        self.base_url = self.base_url.rstrip("/")
        self._left = self.patience

    def __repr__(self) -> str:
        return f"Transport({shown(self.base_url)!r}, {self.requests})"

    def get(
        self,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        feature: str | None = None,
        into: Download | None = None,
    ) -> Answer:
        """Read; tried again after a cut, server trouble or a rate limit, as far as attempts and patience go."""
        ask = _Ask("read", "GET", path, into, headers=headers or {}, feature=feature)
        answer = self._patiently(self._read_once, ask)
        check(answer, method="GET", feature=feature)
        return answer

    def get_if_changed(
        self,
        path: str,
        *,
        accept: str = "",
        newest: Callable[[Answer], str] | None = None,
        feature: str | None = None,
    ) -> Answer | NotModified:
        """Read, unless the server says that the page is as it was when we last read it with this token.

        `newest` names the page's newest item; what it gives comes back in `NotModified`.
        """
        key = EtagKey(self.credential, self.base_url + path, accept)
        known = self.etags.get(key)
        headers = {"Accept": accept} if accept else {}
        if known is not None:
            headers["If-None-Match"] = known.etag
        answer = self._patiently(self._read_once, _Ask("read", "GET", path, headers=headers, feature=feature))
        if answer.status == _NOT_MODIFIED and known is not None:
            return NotModified(last_page=known.last_page, newest=known.newest)
        check(answer, method="GET", feature=feature)
        if etag := answer.headers.get("etag"):
            last_page = "next" not in answer.links()
            self.etags.put(key, Validator(etag, last_page, newest(answer) if newest else ""))
        return answer

    def pages(
        self, path: str, *, headers: Mapping[str, str] | None = None, feature: str | None = None
    ) -> Iterator[Answer]:
        """Read page by page, as far as the Link header leads."""
        first = self.get(path, headers=headers, feature=feature)
        yield first
        yield from self.following(first, headers=headers)

    def following(self, answer: Answer, *, headers: Mapping[str, str] | None = None) -> Iterator[Answer]:
        """Read the pages after `answer`. A page that was already read ends in an error: it would go on for ever."""
        seen = {answer.url}
        while link := answer.links().get("next"):
            path = path_within(self.base_url, link, seen_at=answer.url)
            if self.base_url + path in seen:
                raise UnexpectedAnswer(f"GET {answer.place} names a page as the next one that came before")
            seen.add(self.base_url + path)
            answer = self.get(path, headers=headers)
            yield answer

    def write(
        self, method: str, path: str, json: object | None = None, *, feature: str | None = None
    ) -> Answer | Unknown:
        """Write; sent once. PUT, PATCH and DELETE go again after a rate limit only, which is a definite no."""
        ask = _Ask("write", method, path, json, feature=feature)
        return self._patiently(self._write_once, ask)

    def create(self, path: str, json: object | Upload | None, *, feature: str | None = None) -> Answer | Unknown:
        """POST something new: sent once, whatever happens. Look an `Unknown` up before you create it again."""
        return self._create_once(_Ask("create", "POST", path, json, feature=feature))

    def _read_once(self, ask: _Ask) -> Answer:
        try:
            answer = self._send(ask)
        except Cut as cut:
            raise _Again(self._unreachable(ask, cut.reason)) from None
        if limit := rate_limit(answer, self.wall.now()):
            self._again_later(answer, limit)
        if answer.status >= _SERVER_TROUBLE and answer.status != NOT_IMPLEMENTED:
            raise _Again(self._unreachable(ask, f"it answered {answer.status}", status=answer.status))
        return answer

    def _write_once(self, ask: _Ask) -> Answer | Unknown:
        try:
            answer = self._send(ask)
        except Cut as cut:
            return self._cut_short(ask, cut)
        if limit := rate_limit(answer, self.wall.now()):
            self._again_later(answer, limit, resend=ask.method in _RESENDABLE)
        return self._outcome(ask, answer)

    def _create_once(self, ask: _Ask) -> Answer | Unknown:
        try:
            answer = self._send(ask)
        except Cut as cut:
            return self._cut_short(ask, cut)
        limit = rate_limit(answer, self.wall.now())
        if limit and answer.status < _SERVER_TROUBLE:
            self._again_later(answer, limit, resend=False)
        return self._outcome(ask, answer)

    @staticmethod
    def _outcome(ask: _Ask, answer: Answer) -> Answer | Unknown:
        if answer.status >= _SERVER_TROUBLE and answer.status != NOT_IMPLEMENTED:
            return Unknown(f"{ask.method} {answer.place} answered {answer.status}; it may have been done all the same")
        check(answer, method=ask.method, feature=ask.feature)
        return answer

    def _cut_short(self, ask: _Ask, cut: Cut) -> Unknown:
        if not cut.sent:
            raise self._unreachable(ask, f"{cut.reason}; nothing was sent") from None
        return Unknown(f"{ask.method} {shown(self.base_url + ask.path)} was sent, but no answer came: {cut.reason}")

    def _again_later(self, answer: Answer, limit: RateLimit, *, resend: bool = True) -> NoReturn:
        wait = limit.wait_after(1)
        why = f"{answer.place} answered {answer.status}" + (f" ({limit.reason})" if limit.reason else "")
        final = out_of_budget(why, self.wall.now() + wait, status=answer.status)
        final.credential, final.one_issue = self.credential, limit.one_issue
        raise _Again(final, wait) if resend else final

    def _send(self, ask: _Ask) -> Answer:
        self._wait_for_budget(ask.kind)
        try:
            answer = self.send(ask.method, ask.path, ask.json, ask.headers)
        except Cut as cut:
            if cut.sent:
                self.requests[ask.kind] += 1
            raise
        self.requests[ask.kind] += 1
        self.budget.answered(self.credential, ask.kind, answer, self.wall.now())
        return answer

    def _wait_for_budget(self, kind: Kind) -> None:
        while True:
            try:
                return self.budget.before(self.credential, kind, self.wall.now())
            except OutOfBudget as out:
                if out.until is None:
                    raise
                wait = max(out.until - self.wall.now(), SHORTEST)
                if wait > self._left:
                    raise
            self._sleep(wait.total_seconds())

    def _patiently(self, once: Callable[[_Ask], R], ask: _Ask) -> R:
        retrying = Retrying(
            stop=self._gives_up,
            wait=_wait,
            retry=retry_if_exception_type(_Again),
            sleep=self._sleep,
            reraise=True,
        )
        try:
            return retrying(once, ask)
        except _Again as again:
            raise again.final from None

    def _gives_up(self, state: RetryCallState) -> bool:
        return state.attempt_number >= self.attempts or timedelta(seconds=state.upcoming_sleep) > self._left

    def _unreachable(self, ask: _Ask, why: str, *, status: int | None = None) -> Unreachable:
        address = self.base_url + ask.path if ask.path.startswith("/") else ask.path
        return Unreachable(
            f"{ask.method} {shown(address)} cannot be reached: {why}; "
            "check the network and the tracker's `url`, or wait for the server to recover",
            status=status,
        )

    def _sleep(self, seconds: float) -> None:
        self._left -= timedelta(seconds=seconds)
        self.wall.sleep(seconds)


def _wait(state: RetryCallState) -> float:
    again = state.outcome.exception() if state.outcome is not None else None
    if isinstance(again, _Again) and again.wait is not None:
        return again.wait.total_seconds()
    return _SHORT_WAITS(state)
