"""From a path of GitHub's to the function that answers it."""

from collections.abc import Callable

from tierkeeper.plugins.github.sandbox.messages import Request
from tierkeeper.plugins.sandbox import router

Handler = router.Handler[Request]
REPOSITORY = "/repos/{owner}/{repo}"


class Router(router.Router[Request]):
    """GitHub's routes; most are below a repository."""

    def in_repository(self, method: str, path: str = "") -> Callable[[Handler], Handler]:
        """Let a function answer a method and path below a repository."""
        return self.add(method, f"{REPOSITORY}{path}")
