"""A headless Chromium for tests and pictures, spoken to over a pipe: one page, its width, its text, a picture of it."""

import base64
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from select import select
from time import monotonic
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome")
_OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
)
_LAUNCH = "import os,sys; os.dup2(int(sys.argv[1]),3); os.dup2(int(sys.argv[2]),4); os.execv(sys.argv[3],sys.argv[3:])"
_PATIENCE = 60.0
_HIGH = 10


def found() -> str | None:
    """Return where a Chromium is, if there is one."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


class Page:
    """The one page of a browser. `asked` are the addresses that pages asked for."""

    def __init__(self, read: int, write: int) -> None:
        self._read = read
        self._write = write
        self._number = 0
        self._rest = b""
        self._session: str | None = None
        self.asked: list[str] = []
        self._loaded = False
        target = self("Target.createTarget", url="about:blank")["targetId"]
        self._session = self("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self("Network.enable")
        self("Page.enable")

    def __call__(self, method: str, **parameters: Any) -> Any:
        """Have the browser do something, and return what it says."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session is not None:
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                assert "error" not in answer, answer
                return answer["result"]

    def _next(self) -> dict[str, Any]:
        end = monotonic() + _PATIENCE
        while b"\0" not in self._rest:
            ready, _, _ = select([self._read], [], [], max(0.0, end - monotonic()))
            assert ready, "the browser says nothing"
            more = os.read(self._read, 1 << 16)
            assert more, "the browser has ended"
            self._rest += more
        first, _, self._rest = self._rest.partition(b"\0")
        message: dict[str, Any] = json.loads(first)
        if message.get("method") == "Network.requestWillBeSent":
            self.asked.append(message["params"]["request"]["url"])
        self._loaded |= message.get("method") == "Page.loadEventFired"
        return message

    def show(self, url: str, width: int, height: int, *, dark: bool = False, scale: float = 1) -> None:
        """Open a page as a screen of this size shows it; one narrower than a desk's is a phone's."""
        phone = width < 600
        size = {"width": width, "height": height, "deviceScaleFactor": scale, "mobile": phone}
        self("Emulation.setDeviceMetricsOverride", **size)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self("Emulation.setEmulatedMedia", features=[scheme])
        self._loaded = False
        self("Page.navigate", url=url)
        while not self._loaded:
            self._next()

    def value(self, expression: str) -> Any:
        """Return what an expression is in the page."""
        return self("Runtime.evaluate", expression=expression, returnByValue=True)["result"].get("value")

    def picture(self, target: Path) -> None:
        """Write what the screen shows, as a PNG."""
        target.write_bytes(base64.b64decode(self("Page.captureScreenshot", format="png")["data"]))


@contextmanager
def browser(program: str) -> Iterator[Page]:
    """Run a browser of its own, with nobody's profile."""
    near_read, far_write = _pipe()
    far_read, near_write = _pipe()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        launch = [sys.executable, "-c", _LAUNCH, str(far_read), str(far_write)]
        process = subprocess.Popen(
            [*launch, program, *_OPTIONS, f"--user-data-dir={profile}"],
            pass_fds=(far_read, far_write),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        os.close(far_read)
        os.close(far_write)
        try:
            yield Page(near_read, near_write)
        finally:
            os.close(near_write)
            os.close(near_read)
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _pipe() -> tuple[int, int]:
    """Return a pipe whose ends are neither 3 nor 4, which the browser reads and writes."""
    ends = os.pipe()
    high = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, _HIGH) for end in ends]
    for end in ends:
        os.close(end)
    return high[0], high[1]
