"""Faults on request: what goes wrong between a client and GitHub."""

import re
import threading
from typing import Any

import msgspec

KINDS = (
    "latency",
    "rate-limit",
    "server-error",
    "cut-before-write",
    "cut-after-write",
    "deep-page-422",
    "drop-labels",
    "rename",
    "search-lag",
)


class Fault(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """One fault: what happens, to which requests, how often.

    `match` is searched in `METHOD /path?query`; the first `skip` matches are spared; `times` None is for ever.
    """

    kind: str
    match: str | None = None
    times: int | None = None
    skip: int = 0
    hits: int = 0
    seconds: float = 0.0
    status: int = 0
    retry_after: int | str | None = None
    primary: bool = False
    reset_in: int = 60
    written: bool = False
    pages: int = 100
    repository: str = ""
    to: str = ""


class Faults:
    """The faults that are on."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, kind: str, **options: Any) -> Fault:
        """Turn a fault on; the options are the fields of `Fault`."""
        if kind not in KINDS:
            raise ValueError(f"no fault {kind!r}; there are {', '.join(KINDS)}")
        fault = msgspec.convert({"kind": kind, **options}, type=Fault)
        with self._lock:
            self._faults.append(fault)
        return fault

    def clear(self) -> None:
        """Turn every fault off."""
        with self._lock:
            self._faults.clear()

    def take(self, *requests: str) -> dict[str, Fault]:
        """Return the faults that befall a request, by kind, and count them; a request may have several spellings."""
        found: dict[str, Fault] = {}
        with self._lock:
            for fault in self._faults:
                if fault.kind in found or fault.times == 0:
                    continue
                if fault.match is not None and not any(re.search(fault.match, text) for text in requests):
                    continue
                if fault.skip:
                    fault.skip -= 1
                    continue
                fault.hits += 1
                if fault.times is not None:
                    fault.times -= 1
                found[fault.kind] = fault
        return found
