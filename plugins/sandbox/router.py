"""From a path to the function that answers it."""

from collections.abc import Callable
from typing import Generic, Self, TypeVar

from tierkeeper.plugins.sandbox.wire import Answer

R = TypeVar("R")
Handler = Callable[[R], Answer]


class Router(Generic[R]):
    """Routes by method and number of segments; plain words win over `{names}`."""

    def __init__(self) -> None:
        self._routes: dict[tuple[str, int], list[tuple[list[str], Handler[R]]]] = {}

    def add(self, method: str, path: str) -> Callable[[Handler[R]], Handler[R]]:
        """Let a function answer a method and path."""
        segments = path.strip("/").split("/")

        def remember(handler: Handler[R]) -> Handler[R]:
            routes = self._routes.setdefault((method, len(segments)), [])
            routes.append((segments, handler))
            routes.sort(key=lambda route: [segment.startswith("{") for segment in route[0]])
            return handler

        return remember

    def include(self, other: Self) -> None:
        """Take over another router's routes."""
        for (method, _), routes in other._routes.items():
            for segments, handler in routes:
                self.add(method, "/".join(segments))(handler)

    def find(self, method: str, segments: list[str]) -> tuple[Handler[R], dict[str, str]] | None:
        """Return the function for a path, with the names filled."""
        for pattern, handler in self._routes.get((method, len(segments)), []):
            if all(word.startswith("{") or word == given for word, given in zip(pattern, segments, strict=True)):
                names = zip(pattern, segments, strict=True)
                return handler, {word[1:-1]: given for word, given in names if word.startswith("{")}
        return None
