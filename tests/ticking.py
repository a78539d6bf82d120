"""Sandboxes whose clock goes on while we ask, as in real life: what we write bears a later time than the run's own."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tierkeeper.plugins.sandbox.server import Sandbox
    from tierkeeper.plugins.sandbox.wire import Raw


@contextmanager
def ticking(*boxes: Sandbox, own: str, seconds: float = 1) -> Iterator[None]:
    """Let that much time pass on all of them with each request of our own account."""

    def handled(api: Any, raw: Raw, faults: Any) -> Any:
        if own in api.login_of(raw):
            for box in boxes:
                box.advance(seconds=seconds)
        return handle[id(api)](raw, faults)

    handle = {id(box.application.api): box.application.api.handle for box in boxes}
    with ExitStack() as stack:
        for box in boxes:
            api = box.application.api
            stack.enter_context(patch.object(api, "handle", lambda raw, faults, api=api: handled(api, raw, faults)))
        yield
