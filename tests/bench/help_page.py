"""`tierkeeper --help` beside the `--help` of an empty typer app, in processes of their own."""

import os
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from statistics import median
from typing import NamedTuple

from bench.figure import Figure

TARGET = 1.5
ROUNDS = 11
SDKS = ("github", "jira")

OURS = "import sys; from tierkeeper.sync.cli.main import main; sys.exit(main(['--help']))"
EMPTY = """\
import typer
app = typer.Typer(add_completion=False)
@app.command()
def empty() -> None:
    '''Nothing.'''
app(['--help'])
"""
IMPORTED = f"""\
import sys
from tierkeeper.sync.cli.main import main
main(['--help'])
sys.stderr.write(' '.join(sorted(name for name in {SDKS!r} if name in sys.modules)))
"""


class Spent(NamedTuple):
    """What a process took, in seconds."""

    cpu: float
    wall: float


def help_page(*, quick: bool) -> list[Figure]:
    """How long `--help` takes, and which SDKs it imports."""
    pairs = [(_run(OURS), _run(EMPTY)) for _ in range(3 if quick else ROUNDS)]
    ours, empty = (Spent(*map(median, zip(*side, strict=True))) for side in zip(*pairs, strict=True))
    ratio = ours.cpu / empty.cpu
    shown = f"{ours.cpu * 1000:.0f} ms of CPU, {ours.wall * 1000:.0f} ms by the clock"
    beside = f"{ratio:.2f} × an empty typer app's ({ours.wall / empty.wall:.2f} × by the clock)"
    imported = subprocess.run([sys.executable, "-c", IMPORTED], check=True, capture_output=True, text=True).stderr
    found = imported.split()
    return [
        Figure("tierkeeper --help", shown, beside, f"≤ {TARGET} ×", ratio <= TARGET),
        Figure("SDKs that --help imports", ", ".join(found) or "none", f"{len(found)} of {len(SDKS)}", "0", not found),
    ]


def _run(code: str) -> Spent:
    return _spent([sys.executable, "-c", code])


def _spent(command: Sequence[str]) -> Spent:
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, "COLUMNS": "80"})
    after, ended = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    return Spent(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, ended - began)
