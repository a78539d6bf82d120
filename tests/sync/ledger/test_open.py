import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from ledger_samples import NOW, QUEUE, a_batch, a_comment, an_issue
from sqlalchemy import Connection

from tierkeeper.plugins.errors import LedgerError
from tierkeeper.sync.ledger import Ledger, base, schema
from tierkeeper.sync.ledger.files import network_file_system, remedy


def filled(place: Path, count: int = 200) -> None:
    with Ledger.open(place, desk="web") as ledger:
        batch = a_batch(
            *(an_issue(number) for number in range(count)), *(a_comment("1", number) for number in range(count))
        )
        ledger.store(QUEUE, batch, now=NOW)


def refusal(place: Path, *, desk: str = "web", read_only: bool = False) -> str:
    with pytest.raises(LedgerError) as refused:
        Ledger.open(place, desk=desk, read_only=read_only)
    assert str(place) in str(refused.value)
    return str(refused.value)


def test_a_ledger_is_made_with_its_folder_and_found_again(tmp_path: Path) -> None:
    place = tmp_path / "new folder" / "100%?.sqlite"
    filled(place)
    with Ledger.open(place, desk="web") as ledger:
        assert ledger.issue_count(QUEUE) == 200
        assert ledger.check() == []
    assert place.exists()


def test_a_ledger_opened_to_read_is_not_made_and_not_written(place: Path) -> None:
    assert "`tierkeeper run`" in refusal(place, read_only=True)
    assert not place.exists()
    filled(place)
    with Ledger.open(place, desk="web", read_only=True) as ledger:
        assert ledger.issue_count(QUEUE) == 200
        with pytest.raises(LedgerError, match="cannot be written"):
            ledger.begin(NOW)


def test_a_reader_is_not_held_up_by_a_run(place: Path) -> None:
    filled(place)
    with (
        Ledger.open(place, desk="web") as run,
        run._writing(),
        Ledger.open(place, desk="web", read_only=True) as reader,
    ):
        assert reader.issue_count(QUEUE) == 200


def test_a_ledger_locked_by_another_program_says_so(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(place)
    monkeypatch.setattr(base, "_SETTINGS", ("busy_timeout = 0",))
    with sqlite3.connect(place, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        assert "locked by another program. Close" in refusal(place)
        other.execute("ROLLBACK")
    other.close()


@pytest.mark.parametrize("size", [0.5, 10, 99, 100, 4096, 0.99])
def test_a_ledger_that_was_cut_short_is_refused(place: Path, size: float) -> None:
    filled(place)
    os.truncate(place, int(size * place.stat().st_size) if size < 1 else int(size))
    said = refusal(place)
    assert "cut short" in said
    assert "`tierkeeper ledger rebuild`" in said


def test_a_ledger_cut_to_nothing_beside_its_log_is_refused(place: Path) -> None:
    place.touch()
    place.with_name("ledger.sqlite-wal").write_bytes(b"pages")
    assert "cut short" in refusal(place)


def test_a_ledger_cut_short_beside_its_log_is_looked_through(place: Path) -> None:
    filled(place)
    with Ledger.open(place, desk="web") as ledger:
        ledger.begin(NOW)
        copy = place.with_name("copy.sqlite")
        shutil.copy(place, copy)
        shutil.copy(f"{place}-wal", f"{copy}-wal")
    os.truncate(copy, copy.stat().st_size // 8192 // 2 * 8192)
    assert "damaged" in refusal(copy)


def test_an_empty_file_becomes_a_ledger(place: Path) -> None:
    place.touch()
    filled(place)


@pytest.mark.parametrize("content", [b"hello", b"hello" * 1000])
def test_a_file_that_is_no_database_is_left_alone(place: Path, content: bytes) -> None:
    place.write_bytes(content)
    assert "is not a SQLite database" in refusal(place)
    assert place.read_bytes() == content


def test_a_database_of_something_else_is_left_alone(place: Path) -> None:
    with sqlite3.connect(place) as other:
        other.execute("CREATE TABLE song (title TEXT)")
    other.close()
    assert "not a ledger" in refusal(place)


def test_a_damaged_ledger_is_refused(place: Path) -> None:
    filled(place)
    with place.open("r+b") as file:
        file.seek(100)
        file.write(b"\xff" * 8000)
    assert "damaged" in refusal(place)


def test_a_folder_in_the_ledger_s_place_is_refused(place: Path) -> None:
    place.mkdir()
    assert "not a file" in refusal(place)


def test_a_ledger_of_a_newer_version_is_left_alone(place: Path) -> None:
    filled(place)
    with sqlite3.connect(place) as other:
        other.execute("UPDATE meta SET value = '99' WHERE name = 'version'")
    other.close()
    assert "newer Tierkeeper (its version is 99" in refusal(place)


def test_a_ledger_of_another_desk_is_refused_until_it_is_renamed(place: Path) -> None:
    filled(place)
    assert "belongs to the desk 'web', not to 'shop'" in refusal(place, desk="shop")
    with Ledger.open(place, desk="web") as ledger:
        ledger.rename_desk("shop")
    Ledger.open(place, desk="shop").close()


def test_an_older_ledger_is_brought_forward_with_all_that_it_holds(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(place)

    def with_notes(connection: Connection) -> None:
        connection.exec_driver_sql("ALTER TABLE run ADD COLUMN note TEXT NOT NULL DEFAULT ''")

    monkeypatch.setattr(schema, "STEPS", (*schema.STEPS, with_notes))
    assert "older version" in refusal(place, read_only=True)
    for _ in range(2):
        with Ledger.open(place, desk="web") as ledger:
            assert ledger._connection.exec_driver_sql("SELECT note FROM run").all() == []
            assert ledger.issue_count(QUEUE) == 200


def test_a_step_forward_that_fails_leaves_the_ledger_as_it_was(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(place)

    def half(connection: Connection) -> None:
        connection.exec_driver_sql("ALTER TABLE run ADD COLUMN note TEXT")
        connection.exec_driver_sql("ALTER TABLE nowhere ADD COLUMN note TEXT")

    with monkeypatch.context() as patched:
        patched.setattr(schema, "STEPS", (*schema.STEPS, half))
        assert "no such table" in refusal(place)
    with Ledger.open(place, desk="web") as ledger:
        columns = [row[1] for row in ledger._connection.exec_driver_sql("PRAGMA table_info(run)")]
    assert "note" not in columns


@pytest.mark.skipif(os.name != "posix", reason="users and rights as on Unix")
@pytest.mark.parametrize("closed", ["file", "folder"])
def test_a_file_or_folder_that_may_not_be_written_says_whose_right_is_missing(closed: str) -> None:
    folder = Path(tempfile.mkdtemp())
    place = folder / "ledger.sqlite"
    filled(place)
    place.chmod(0o444)
    folder.chmod(0o555 if closed == "folder" else 0o777)
    script = (
        "import os, sys; from pathlib import Path; from tierkeeper.sync.ledger import Ledger\n"
        "if os.getuid() == 0: os.setuid(65534)\n"
        "try: Ledger.open(Path(sys.argv[1]), desk='web')\n"
        "except Exception as error: print(type(error).__name__, error)"
    )
    done = subprocess.run([sys.executable, "-c", script, str(place)], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("LedgerError")
    assert "Give this user the right" in done.stdout
    folder.chmod(0o755)
    shutil.rmtree(folder)


def test_a_network_file_system_is_refused(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tierkeeper.sync.ledger.files.network_file_system", lambda _path: "nfs4")
    assert "network file system (nfs4)" in refusal(place)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/srv/share/desk/ledger", "nfs4"),
        ("/srv/share/local/ledger", ""),
        ("/srv/shared/ledger", ""),
        ("/mnt/my disk/ledger", "cifs"),
        ("/home/me/ledger", ""),
    ],
)
def test_the_mount_nearest_to_the_file_decides(tmp_path: Path, path: str, expected: str) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(
        "/dev/vda / ext4 rw 0 0\nhost:/x /srv/share nfs4 rw 0 0\n"
        "/dev/vdb /srv/share/local xfs rw 0 0\n//host/x /mnt/my\\040disk cifs rw 0 0\n"
    )
    assert network_file_system(Path(path), mounts) == expected


def test_a_system_that_does_not_tell_its_mounts_is_taken_for_local(tmp_path: Path) -> None:
    assert network_file_system(tmp_path, tmp_path / "none") == ""


def test_a_full_disk_and_what_is_not_known_are_said(place: Path) -> None:
    assert "the disk is full" in remedy(place, "database or disk is full")
    assert "something new" in remedy(place, "something new")
