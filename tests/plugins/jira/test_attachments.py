"""Files on issues, over HTTP: read and added piece by piece, each exchange checked against the contract."""

import hashlib
import io
from collections.abc import Iterator
from datetime import timedelta

import pytest
from jira_bench import DEV, JiraBench, jira_bench

from tierkeeper.plugins.errors import NotFound
from tierkeeper.plugins.model.attachment import Attachment, File, Withheld
from tierkeeper.plugins.model.change import Applied, Detach, Unknown
from tierkeeper.plugins.model.event import Snapshot
from tierkeeper.plugins.transport.files import PIECE, Upload

CONTENT = b"\x89PNG\r\n--tierkeeper\r\n" + bytes(range(256)) * 1_000
NAME = 'Bild "1", größer.png'


@pytest.fixture
def bench() -> Iterator[JiraBench]:
    with jira_bench(DEV) as made:
        yield made


@pytest.fixture
def issue(bench: JiraBench) -> str:
    return bench.create_issue(bench.bob, "It fails")


def file(content: bytes = CONTENT, name: str = NAME) -> File:
    digest = hashlib.sha256(content).hexdigest()
    return File(name=name, mime="image/png", size=len(content), digest=digest, content=io.BytesIO(content))


def attached(bench: JiraBench, issue: str) -> tuple[Attachment, ...]:
    found = bench.tracker.read(bench.ref(issue), bench.queue)
    assert isinstance(found, Snapshot)
    return found.issue.attachments


def test_a_file_that_is_added_is_read_again_as_it_was(bench: JiraBench, issue: str) -> None:
    made = bench.tracker.attach(bench.ref(issue), bench.queue, file())
    assert isinstance(made, Attachment)
    assert (made.name, made.size, made.mime) == (NAME, len(CONTENT), "image/png")
    assert attached(bench, issue) == (made,)
    into = io.BytesIO()
    found = bench.tracker.fetch(made, into, most=len(CONTENT))
    assert isinstance(found, File)
    assert (found.size, found.digest) == (len(CONTENT), file().digest)
    assert into.getvalue() == CONTENT


def test_an_issue_shows_its_files_without_a_request_more(bench: JiraBench, issue: str) -> None:
    attached(bench, issue)
    bench.asked()
    attached(bench, issue)
    before = len(bench.asked())
    key = bench.store.add_file(issue, bench.bob, "log.txt", b"hello")
    assert [(one.id, one.name, one.by) for one in attached(bench, issue)] == [(str(key), "log.txt", bench.bob)]
    assert len(bench.asked()) == before


def test_a_file_is_sent_once_and_its_lost_answer_is_told(bench: JiraBench, issue: str) -> None:
    bench.box.faults.add("cut-after-write", match="POST .*/attachments")
    assert isinstance(bench.tracker.attach(bench.ref(issue), bench.queue, file()), Unknown)
    assert [one.name for one in attached(bench, issue)] == [NAME]


def test_what_is_too_large_is_withheld_on_either_way(bench: JiraBench, issue: str) -> None:
    bench.box.settings.upload_limit = 10
    assert bench.tracker.largest_file(bench.queue) == 10
    refused = bench.tracker.attach(bench.ref(issue), bench.queue, file())
    assert isinstance(refused, Withheld)
    bench.store.add_file(issue, bench.bob, "log.txt", b"hello, hello")
    (there,) = attached(bench, issue)
    withheld = bench.tracker.fetch(there, io.BytesIO(), most=11)
    assert withheld == Withheld("it has more than 11 bytes")


def test_a_file_that_we_may_not_add_or_see_is_withheld(bench: JiraBench, issue: str) -> None:
    bench.store.set_permission("DEV", "CREATE_ATTACHMENTS", [])
    assert isinstance(bench.tracker.attach(bench.ref(issue), bench.queue, file()), Withheld)
    key = bench.store.add_file(issue, bench.bob, "log.txt", b"hello")
    (there,) = attached(bench, issue)
    bench.store.delete_file(key, bench.bob)
    assert isinstance(bench.tracker.fetch(there, io.BytesIO(), most=11), Withheld)


def test_our_file_is_deleted_and_one_that_is_gone_is_as_good(bench: JiraBench, issue: str) -> None:
    made = bench.tracker.attach(bench.ref(issue), bench.queue, file())
    assert isinstance(made, Attachment)
    for _ in range(2):
        assert isinstance(bench.tracker.apply(bench.ref(issue), bench.queue, [Detach(made.id)]), Applied)
    assert attached(bench, issue) == ()
    bench.delete_issue(issue)
    with pytest.raises(NotFound):
        bench.tracker.apply(bench.ref(issue), bench.queue, [Detach(made.id)])


def test_a_form_is_sent_in_pieces() -> None:
    pieces = list(Upload(file(CONTENT * 4)))
    assert max(map(len, pieces)) <= PIECE
    assert sum(map(len, pieces)) == len(Upload(file(CONTENT * 4)))


def test_what_keeps_files_from_being_copied_is_found(bench: JiraBench) -> None:
    assert list(bench.tracker.check_files(bench.queue)) == []
    bench.store.set_permission("DEV", "CREATE_ATTACHMENTS", [])
    bench.box.settings.upload_limit = 0
    bench.advance(timedelta(days=2))
    said = [problem.message for problem in bench.tracker.check_files(bench.queue)]
    assert "lacks CREATE_ATTACHMENTS, needed to copy files to twins" in said[0]
    assert said[1:] == ["files are switched off on this site: twins name them, with a link"]
