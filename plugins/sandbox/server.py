"""A sandbox as a context manager: a server in a thread of its own, on loopback only."""

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

import uvicorn
from uvicorn.protocols.http.auto import AutoHTTPProtocol
from uvicorn.server import ServerState

from tierkeeper.plugins.sandbox.application import TRANSPORT, Application, Receive, Scope, Send, Service
from tierkeeper.plugins.sandbox.clock import Clock
from tierkeeper.plugins.sandbox.control import Control
from tierkeeper.plugins.sandbox.faults import Faults
from tierkeeper.plugins.sandbox.pages import Pages
from tierkeeper.plugins.sandbox.sheets import Source
from tierkeeper.plugins.sandbox.wire import Call

HOST = "127.0.0.1"
_PATIENCE = 10.0
_CLOSING_LOOKS = 200


class Store(Protocol):
    """What a sandbox remembers, as far as the server must know."""

    def save(self, path: Path) -> None:
        """Write everything to a file."""

    def load(self, path: Path) -> datetime | None:
        """Read everything back; return where the clock stood, if it stood."""


class Sandbox:
    """A platform of one's own: what is the same for all of them.

    `state` is a file that is read at the start and written at the end; `now` stops the clock there; without it
    the clock stands where the state file's did, or is the machine's. A platform's class makes its clock and store,
    hands the store to `_remember`, makes its API over them, and hands that to `_serve_with` with what its pages show.
    """

    platform = "platform"

    def __init__(self, port: int, state: Path | None, now: datetime | None) -> None:
        self._port = port
        self._state = state
        self._given = now
        self.clock = Clock(now)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopped: asyncio.Event | None = None
        self._thread: threading.Thread | None = None

    def _remember(self, store: Store) -> None:
        """Keep this store, read from the state file if there is one."""
        self._kept = store
        if self._state is not None and self._state.exists():
            stood = store.load(self._state)
            if self._given is None and stood is not None:
                self.clock.set(stood)

    def _serve_with(self, api: Service, faults: Faults[Any], source: Source) -> None:
        """Answer by this API, and people by pages."""
        self._control = Control(self.clock, faults, self.save)
        self.pages = Pages(source, self.clock)
        self.application = Application(api, self._control, self.pages)

    @property
    def url(self) -> str:
        """The base of the API."""
        return f"http://{HOST}:{self._port}"

    @property
    def now(self) -> datetime:
        """The sandbox's time."""
        return self.clock.now

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
            self._kept.save(self._state)

    def start(self) -> None:
        """Serve in a thread of its own."""
        listener = socket.create_server((HOST, self._port))
        self._port = listener.getsockname()[1]
        ready = threading.Event()
        self._thread = threading.Thread(
            target=self._run, args=(listener, ready), name=f"{self.platform} sandbox", daemon=True
        )
        self._thread.start()
        if not ready.wait(_PATIENCE):
            raise RuntimeError(f"the {self.platform} sandbox did not start")

    def _run(self, listener: socket.socket, ready: threading.Event) -> None:
        with asyncio.Runner() as runner:
            self._stopped = asyncio.Event()
            self._loop = runner.get_loop()
            runner.run(self._serve(listener, ready, self._stopped))

    async def _serve(self, listener: socket.socket, ready: threading.Event, stopped: asyncio.Event) -> None:
        """Serve until told to stop. Not `uvicorn.Server`: it looks only ten times a second whether it should stop."""
        config = uvicorn.Config(
            self.application, proxy_headers=False, lifespan="off", log_config=None, access_log=False, ws="none"
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
