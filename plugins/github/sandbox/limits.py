"""Rate limits: so many requests an hour a token, so many searches a minute."""

from tierkeeper.plugins.github.sandbox.records import Token
from tierkeeper.plugins.sandbox.clock import Clock

STRANGER = Token(login="", limit=60, search_limit=10)
_WINDOWS = {"core": 3600, "search": 60}


class Limits:
    """What each token has used of its hour and its minute."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._used: dict[tuple[str, str], tuple[int, int]] = {}

    def state(self, key: str, token: Token | None, resource: str = "core") -> dict[str, int]:
        """Return limit, remaining, used and reset, as GitHub names them."""
        token = token or STRANGER
        limit = token.search_limit if resource == "search" else token.limit
        reset, used = self._used.get((key, resource), (0, 0))
        if reset <= self._clock.seconds:
            reset, used = self._clock.seconds + _WINDOWS[resource], 0
        return {"limit": limit, "remaining": max(0, limit - used), "reset": reset, "used": used}

    def spend(self, key: str, token: Token | None, resource: str) -> None:
        """Count one request."""
        now = self.state(key, token, resource)
        self._used[key, resource] = (now["reset"], now["used"] + 1)

    def headers(self, key: str, token: Token | None, resource: str) -> dict[str, str]:
        """Return the headers of every answer."""
        now = self.state(key, token, resource)
        shown = {f"X-RateLimit-{name.capitalize()}": str(value) for name, value in now.items()}
        return {**shown, "X-RateLimit-Resource": resource}
