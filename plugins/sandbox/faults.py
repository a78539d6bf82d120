"""Faults on request: what goes wrong between a client and a platform."""

import re
import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar

import msgspec


class Fault(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """One fault: what happens, to which requests, how often. A platform's own kinds may need more fields.

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
    written: bool = False


COMMON_KINDS = ("latency", "rate-limit", "server-error", "cut-before-write", "cut-after-write")
"""What can happen to a request on any platform."""

F = TypeVar("F", bound=Fault)


class Faults(Generic[F]):
    """The faults that are on."""

    def __init__(self, kinds: tuple[str, ...], shape: type[F]) -> None:
        self._kinds = kinds
        self._shape = shape
        self._faults: list[F] = []
        self._lock = threading.Lock()

    def add(self, kind: str, **options: Any) -> F:
        """Turn a fault on; the options are the fields of a `Fault`."""
        if kind not in self._kinds:
            raise ValueError(f"no fault {kind!r}; there are {', '.join(self._kinds)}")
        fault = msgspec.convert({"kind": kind, **options}, type=self._shape)
        with self._lock:
            self._faults.append(fault)
        return fault

    def clear(self) -> None:
        """Turn every fault off."""
        with self._lock:
            self._faults.clear()

    def take(self, *requests: str, befalls: Callable[[F], bool] | None = None) -> dict[str, F]:
        """Return the faults that befall a request, by kind, and count them.

        A request may have several spellings; `befalls` may spare it from a fault that would match.
        """
        found: dict[str, F] = {}
        with self._lock:
            for fault in self._faults:
                if fault.kind in found or fault.times == 0:
                    continue
                if fault.match is not None and not any(re.search(fault.match, text) for text in requests):
                    continue
                if befalls is not None and not befalls(fault):
                    continue
                if fault.skip:
                    fault.skip -= 1
                    continue
                fault.hits += 1
                if fault.times is not None:
                    fault.times -= 1
                found[fault.kind] = fault
        return found
