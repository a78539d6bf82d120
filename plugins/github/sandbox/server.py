"""The sandbox as a context manager: a server in a thread of its own, on loopback only."""

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import uvicorn
from uvicorn.protocols.http.auto import AutoHTTPProtocol
from uvicorn.server import ServerState

from tierkeeper.plugins.github.sandbox.api import Api, Call
from tierkeeper.plugins.github.sandbox.application import TRANSPORT, Application, Receive, Scope, Send
from tierkeeper.plugins.github.sandbox.clock import Clock
from tierkeeper.plugins.github.sandbox.control import Control
from tierkeeper.plugins.github.sandbox.faults import Faults
from tierkeeper.plugins.github.sandbox.store import Store

HOST = "127.0.0.1"
_PATIENCE = 10.0
_CLOSING_LOOKS = 200


class GitHubSandbox:
    """A GitHub of one's own.

    `state` is a file that is read at the start and written at the end; `now` stops the clock there; without it
    the clock stands where the state file's did, or is the machine's.
    """

    def __init__(self, port: int = 0, state: Path | None = None, now: datetime | None = None) -> None:
        self._port = port
        self._state = state
        self.clock = Clock(now)
        self.store = Store(self.clock)
        if state is not None and state.exists():
            self.store.load(state)
            if now is None and self.store.data.now is not None:
                self.clock.set(datetime.fromtimestamp(self.store.data.now, UTC))
        self.api = Api(self.clock, self.store)
        self._control = Control(self.api, self.save)
        self._application = Application(self.api, self._control)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopped: asyncio.Event | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """The base of the API; below `/api/v3` it answers like an Enterprise Server."""
        return f"http://{HOST}:{self._port}"

    @property
    def now(self) -> datetime:
        """The sandbox's time."""
        return self.clock.now

    @property
    def faults(self) -> Faults:
        """The faults that are on."""
        return self.api.faults

    @property
    def requests(self) -> list[Call]:
        """The API calls so far: (method, path with query, status, login)."""
        return self._control.requests

    def set_now(self, now: datetime) -> None:
        """Set the clock, and stop it there."""
        self.clock.set(now)

    def advance(self, seconds: float) -> None:
        """Let time pass at once."""
        self.clock.advance(seconds)

    def save(self) -> None:
        """Write everything to the state file, if there is one."""
        if self._state is not None:
            self.store.save(self._state)

    def start(self) -> None:
        """Serve in a thread of its own."""
        listener = socket.create_server((HOST, self._port))
        self._port = listener.getsockname()[1]
        ready = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(listener, ready), name="github-sandbox", daemon=True)
        self._thread.start()
        if not ready.wait(_PATIENCE):
            raise RuntimeError("the GitHub sandbox did not start")

    def _run(self, listener: socket.socket, ready: threading.Event) -> None:
        with asyncio.Runner() as runner:
            self._stopped = asyncio.Event()
            self._loop = runner.get_loop()
            runner.run(self._serve(listener, ready, self._stopped))

    async def _serve(self, listener: socket.socket, ready: threading.Event, stopped: asyncio.Event) -> None:
        """Serve until told to stop. Not `uvicorn.Server`: it looks only ten times a second whether it should stop."""
        config = uvicorn.Config(
            self._application, proxy_headers=False, lifespan="off", log_config=None, access_log=False, ws="none"
        )
        config.load()
        state, protocol = ServerState(), _protocol()
        server = await asyncio.get_running_loop().create_server(
            lambda: protocol(config=config, server_state=state, app_state={}), sock=listener
        )
        ready.set()
        await stopped.wait()
        server.close()
        for connection in list(state.connections):
            connection.shutdown()
        for _ in range(_CLOSING_LOOKS):
            if not state.connections:
                break
            await asyncio.sleep(0.005)

    def stop(self) -> None:
        """Stop serving, and save."""
        if self._thread is not None and self._loop is not None and self._stopped is not None:
            self._loop.call_soon_threadsafe(self._stopped.set)
            self._thread.join()
            self._thread = None
        self.save()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _protocol() -> Callable[..., asyncio.Protocol]:
    """Return uvicorn's HTTP protocol, whichever is installed, with the connection put in the scope."""
    base: Any = AutoHTTPProtocol

    class CuttableProtocol(base):  # type: ignore[misc]  # uvicorn chooses the base class when it is imported
        def connection_made(self, transport: asyncio.Transport) -> None:
            super().connection_made(transport)
            # asyncio does this only for sockets that name their protocol; without it every answer waits 40 ms
            transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.app: Any = _carrying(self.app, transport)

    return CuttableProtocol


def _carrying(
    app: Callable[[Scope, Receive, Send], Awaitable[None]], transport: asyncio.Transport
) -> Callable[[Scope, Receive, Send], Awaitable[None]]:
    """Let an application find the connection in its scope."""

    async def carrying(scope: Scope, receive: Receive, send: Send) -> None:
        scope[TRANSPORT] = transport
        await app(scope, receive, send)

    return carrying
