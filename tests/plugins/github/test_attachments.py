"""Files that texts on GitHub lead to: found, read with the token where that is good for them, and never more."""

import hashlib
import io
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from github_bench import GitHubBench, github_bench
from sandbox_world import REPO

from tierkeeper.plugins.errors import TrackerError
from tierkeeper.plugins.github.attached import files_in
from tierkeeper.plugins.github.sandbox.records import Given
from tierkeeper.plugins.model.attachment import Attachment, File, Withheld
from tierkeeper.plugins.model.event import Snapshot

AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
HERE = "https://github.com/example/webapp/issues/7"
SITE = "https://github.com/user-attachments"


@pytest.fixture
def bench() -> Iterator[GitHubBench]:
    with github_bench() as made:
        made.store.set_private(REPO, private=True)
        yield made


def names(text: str) -> list[tuple[str, str]]:
    return [(one.name, one.id.removeprefix(SITE)) for one in files_in(text, HERE, at=AT, by="dev-1")]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"![a shot]({SITE}/assets/12-ab)", [("a shot", "/assets/12-ab")]),
        (f"[log.txt]({SITE}/files/123/log.txt).", [("log.txt", "/files/123/log.txt")]),
        (f"[here]({SITE}/files/123/l%20og.txt)", [("l og.txt", "/files/123/l%20og.txt")]),
        (f'<img width="9" src="{SITE}/assets/12-ab">', [("12-ab", "/assets/12-ab")]),
        (f"Bare {SITE}/assets/12-ab, twice {SITE}/assets/12-ab.", [("12-ab", "/assets/12-ab")]),
        ("https://github.com/example/webapp/assets/1/2-3", [("2-3", "https://github.com/example/webapp/assets/1/2-3")]),
        ("https://example.org/user-attachments/assets/12-ab", []),
        ("https://github.com/example/webapp/blob/main/assets/a.png", []),
        ("Nothing in assets/ or files/", []),
    ],
)
def test_files_are_found_by_their_addresses(text: str, found: list[tuple[str, str]]) -> None:
    assert names(text) == found


def shown(bench: GitHubBench, path: str) -> Attachment:
    issue = bench.create_issue(bench.bob, "It fails", f"See ![shot]({bench.box.url}{path})")
    read = bench.tracker.read(bench.ref(issue), bench.queue)
    assert isinstance(read, Snapshot)
    (found,) = read.issue.attachments
    assert (found.name, found.by, found.created) == ("shot", bench.bob, bench.now())
    return found


def test_a_file_is_read_and_the_token_stays_behind_where_that_leads(bench: GitHubBench) -> None:
    there = shown(bench, bench.store.add_file(REPO, b"\x89PNG"))
    into = io.BytesIO()
    bench.asked()
    found = bench.tracker.fetch(there, into, most=4)
    assert isinstance(found, File)
    assert (found.name, found.mime, found.size) == ("shot.png", "image/png", 4)
    assert found.digest == hashlib.sha256(into.getvalue()).hexdigest()
    assert [status for _, _, status in bench.asked()] == [302, 200]


def test_a_file_that_only_browsers_get_is_withheld_and_so_is_a_large_one(bench: GitHubBench) -> None:
    to: tuple[Given, ...] = ("browsers", "signed in")
    for given in to:
        there = shown(bench, bench.store.add_file(REPO, b"12345", given=given))
        refused = bench.tracker.fetch(there, io.BytesIO(), most=100)
        assert refused == Withheld("GitHub does not give it to our account")
    there = shown(bench, bench.store.add_file(REPO, b"12345"))
    assert bench.tracker.fetch(there, io.BytesIO(), most=4) == Withheld("it has more than 4 bytes")


def test_a_store_of_files_in_trouble_is_not_the_tracker_in_trouble(bench: GitHubBench) -> None:
    there = shown(bench, bench.store.add_file(REPO, b"12345"))
    bench.box.faults.add("server-error", match="/user-attachments/")
    with pytest.raises(TrackerError, match="tried again later") as error:
        bench.tracker.fetch(there, io.BytesIO(), most=10)
    assert type(error.value) is TrackerError


def test_issues_on_github_take_no_files(bench: GitHubBench) -> None:
    issue = bench.create_issue(bench.bob, "It fails")
    file = File(name="a", mime="", size=0, digest="", content=io.BytesIO())
    assert bench.tracker.largest_file(bench.queue) == 0
    assert isinstance(bench.tracker.attach(bench.ref(issue), bench.queue, file), Withheld)
