"""What goes over the wire, for every platform: a request as it came, an answer as it goes, a line in the log."""

from typing import Any, NamedTuple

import msgspec


class Call(NamedTuple):
    """A request that was answered; status 0 means that the connection was cut."""

    method: str
    path: str
    status: int
    login: str


class Raw(NamedTuple):
    """A request as it came in; headers have small names."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes

    @property
    def target(self) -> str:
        """Path and query."""
        return f"{self.path}?{self.query}" if self.query else self.path


class Answer:
    """What goes back: JSON, or nothing."""

    def __init__(self, payload: Any = None, status: int = 200, headers: dict[str, str] | None = None) -> None:
        self.status = status
        self.headers = headers or {}
        self.body = b"" if payload is None else msgspec.json.encode(payload)
