import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from ledger_samples import NOW

from tierkeeper.plugins.errors import LeaseHeld, LedgerError
from tierkeeper.sync.ledger import Lease

HOLDER = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from tierkeeper.sync.ledger import Lease
with Lease(Path(sys.argv[1]), holder="tierkeeper run", start=datetime(2026, 11, 22, 8, tzinfo=UTC)):
    print("held", flush=True)
    sys.stdin.read()
"""


def a_lease(place: Path) -> Lease:
    return Lease(place, holder="tierkeeper plan", start=NOW)


def a_second_process(place: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(place)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_a_lease_held_by_another_process_is_refused_and_its_holder_named(place: Path) -> None:
    with a_second_process(place) as process:
        with pytest.raises(LeaseHeld) as refused, a_lease(place):
            pass
        process.communicate("")
    said = str(refused.value)
    for part in ("tierkeeper run", os.uname().nodename, f"process {process.pid}", "2026-11-22 08:00:00 UTC"):
        assert part in said
    with a_lease(place):
        pass


def test_a_killed_holder_s_lease_is_free(place: Path) -> None:
    with a_second_process(place) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
    lock = place.with_name("ledger.sqlite.lock")
    assert "tierkeeper run" in lock.read_text()
    with a_lease(place):
        assert "tierkeeper plan" in lock.read_text()
    assert lock.read_text() == ""


def test_two_leases_in_one_process_exclude_each_other_too(place: Path) -> None:
    with a_lease(place), pytest.raises(LeaseHeld, match="tierkeeper plan"), a_lease(place):
        pass


def test_a_lock_file_that_cannot_be_written_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(LedgerError, match="Give this user the right"), a_lease(tmp_path / "file" / "ledger.sqlite"):
        pass
