"""A sandbox's own paths, for another process: clock, faults, requests, save."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec

from tierkeeper.plugins.sandbox.clock import Clock
from tierkeeper.plugins.sandbox.faults import Faults
from tierkeeper.plugins.sandbox.wire import Answer, Call, Raw

_BAD = (ValueError, KeyError, TypeError, LookupError)


class Control:
    """What a test or a demo may do to a sandbox from outside, below /_sandbox/."""

    def __init__(self, clock: Clock, faults: Faults[Any], save: Callable[[], None]) -> None:
        self._clock = clock
        self._faults = faults
        self._save = save
        self.requests: list[Call] = []

    def handle(self, raw: Raw) -> Answer:
        """Answer a request to the sandbox itself."""
        actions: dict[str, Callable[[dict[str, Any]], Any]] = {
            "GET /_sandbox/clock": self._show_clock,
            "POST /_sandbox/clock": self._set_clock,
            "POST /_sandbox/faults": self._add_fault,
            "DELETE /_sandbox/faults": self._clear_faults,
            "GET /_sandbox/requests": self._show_requests,
            "DELETE /_sandbox/requests": self._clear_requests,
            "POST /_sandbox/save": self._save_state,
        }
        action = actions.get(f"{raw.method} {raw.path}")
        if action is None:
            return _json({"message": f"no such path; there are {', '.join(actions)}"}, 404)
        try:
            return _json(action(msgspec.json.decode(raw.body or b"{}", type=dict[str, Any])))
        except _BAD as error:
            return _json({"message": str(error)}, 400)

    def _show_clock(self, body: dict[str, Any]) -> dict[str, str]:
        del body
        return {"now": self._clock.now.isoformat()}

    def _set_clock(self, body: dict[str, Any]) -> dict[str, str]:
        if "now" in body:
            self._clock.set(datetime.fromisoformat(body["now"]))
        self._clock.advance(body.get("advance", 0))
        return self._show_clock(body)

    def _add_fault(self, body: dict[str, Any]) -> dict[str, str]:
        return {"added": self._faults.add(**body).kind}

    def _clear_faults(self, body: dict[str, Any]) -> dict[str, int]:
        del body
        self._faults.clear()
        return {"faults": 0}

    def _show_requests(self, body: dict[str, Any]) -> list[dict[str, Any]]:
        del body
        return [call._asdict() for call in self.requests]

    def _clear_requests(self, body: dict[str, Any]) -> dict[str, int]:
        del body
        self.requests.clear()
        return {"requests": 0}

    def _save_state(self, body: dict[str, Any]) -> dict[str, bool]:
        del body
        self._save()
        return {"saved": True}


def _json(payload: object, status: int = 200) -> Answer:
    return Answer(payload, status, {"Content-Type": "application/json; charset=utf-8"})
