"""Importing any of our modules does nothing but define things."""

import os
import subprocess
import sys

WATCH = r'''
import os, pkgutil, sys, importlib
from importlib import import_module

import tierkeeper

SEEN = []
STARTS = ("socket.", "subprocess.", "os.system", "os.fork", "os.mkdir", "_thread.start", "sqlite3.")
STARTS = ("socket.", "subprocess.", "os.system", "os.fork", "os.mkdir", "_thread.start", "sqlite3.")


def importer():
    """The module whose body was running when it happened; "" if that was somebody else's."""
    frame = sys._getframe(2)
    while frame is not None:
        if frame.f_code.co_name == "<module>":
            name = str(frame.f_globals.get("__name__"))
            return name if name.startswith("tierkeeper.") else ""
        frame = frame.f_back
    return ""


def watch(event, arguments):
    if event == "open":
        path, mode, flags = arguments
        writes = flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT) if isinstance(flags, int) else 0
        tables = "/zoneinfo/" in str(path)  # a time zone's own table
        suspect = writes or not (tables or str(path).endswith((".py", ".pyc", ".so", ".zip")))
        if not suspect:
            return
    elif not event.startswith(STARTS):
        return
    if where := importer():
        SEEN.append(f"{where}: {event} {arguments!r}")


reading = type(os.environ).__getitem__


def watched(self, key):
    if not key.startswith("PYDANTIC_") and (where := importer()):  # pydantic asks for its own at each class
        SEEN.append(f"{where}: the environment's {key}")
    return reading(self, key)


if os.environ.get("PLANTED"):
    plant = compile("import os, socket\nos.environ.get('HOME')\nsocket.socket().close()", "planted", "exec")
type(os.environ).__getitem__ = watched
sys.addaudithook(watch)
names = [found.name for found in pkgutil.walk_packages(tierkeeper.__path__, "tierkeeper.")]
for name in names:
    import_module(name)
if os.environ.get("PLANTED"):
    exec(plant, {"__name__": "tierkeeper.planted"})
print(len(names))
print("\n".join(SEEN))
'''


def seen(*, planted: str = "") -> list[str]:
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYDANTIC_DISABLE_PLUGINS": "1", "PLANTED": planted}
    done = subprocess.run([sys.executable, "-c", WATCH], check=False, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    count, *found = done.stdout.splitlines()
    assert int(count) > 150
    return [line for line in found if line]


def test_an_import_opens_no_file_and_no_socket_starts_nothing_and_reads_no_settings() -> None:
    assert seen() == []


def test_the_watch_sees_a_module_that_does() -> None:
    found = seen(planted="yes")
    assert any("environment's HOME" in line for line in found)
    assert any("socket.__new__" in line for line in found)
