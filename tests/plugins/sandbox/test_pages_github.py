"""GitHub's sandbox shows people a board and its issues, and its API notices nothing."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import requests
from pages_world import HOSTILE, HTML, Elements, columns, page
from sandbox_world import REPO, START, World, world


@pytest.fixture
def there() -> Iterator[World]:
    with world() as made:
        yield made


def issue(there: World, number: int = 1) -> str:
    return page(there.box, f"/_pages/issue/{REPO}/{number}")


def test_the_board_has_a_column_a_tier_in_the_order_of_labels_and_one_for_none(there: World) -> None:
    for label in ("tier:development", "flag:TR01", "sla:at-risk", "kind:bug"):
        there.store.add_label(REPO, label)
    there.store.create_issue(
        REPO, "key-user-1", "Login loops", labels=["tier:support", "flag:TR01", "kind:bug"], assignees=["support-1"]
    )
    there.store.create_issue(REPO, "key-user-1", "Export fails", labels=["sla:at-risk"])
    there.store.create_issue(REPO, "key-user-1", "Done long ago", labels=["tier:support"])
    there.store.close(REPO, 3, "support-1")
    there.store.add_pull_request(REPO, "dev-1", "A change, no issue")
    text = page(there.box, "/")
    found = columns(text)
    assert list(found) == ["support", "development", "no tier"]
    assert all(words in found["support"] for words in ("webapp#1", "Login loops", "support-1", "flag:TR01"))
    assert all(words in found["no tier"] for words in ("webapp#2", "Export fails", "no owner", "sla:at-risk"))
    assert "None." in found["development"]
    assert "2 open, 1 closed" in text
    assert not any(words in text for words in ("Done long ago", "A change, no issue", "kind:bug"))
    assert '<time datetime="2026-11-23T08:00:00Z">23 Nov 2026, 08:00</time> UTC' in text


def test_the_board_can_be_told_the_order_of_tiers(there: World) -> None:
    there.store.add_label(REPO, "tier:development")
    there.box.pages.tiers = ["help-desk", "development"]
    assert list(columns(page(there.box, "/"))) == ["help-desk", "development", "support", "no tier"]


def test_an_issue_of_two_tiers_stands_in_both_columns_and_says_so(there: World) -> None:
    there.store.create_issue(REPO, "key-user-1", "Both", labels=["tier:support", "tier:development"])
    found = columns(page(there.box, "/"))
    assert "tier:development" in found["support"]
    assert "tier:support" in found["development"]


def test_a_long_column_is_cut_and_can_be_had_whole(there: World) -> None:
    for number in range(65):
        there.store.create_issue(REPO, "key-user-1", f"Issue {number}")
    assert page(there.box, "/").count('<li class="card">') == 60
    assert "and 5 more" in page(there.box, "/")
    assert page(there.box, f"/?in={REPO}&all=1").count('<li class="card">') == 65


def test_another_repository_is_chosen_by_a_link_and_private_ones_are_shown(there: World) -> None:
    there.store.create_issue(REPO, "key-user-1", "Public")
    there.store.create_issue("example/secret", "tierkeeper", "Private")
    text = page(there.box, "/")
    assert 'href="/?in=example%2Fsecret"' in text
    assert "private repositories and projects too" in text
    assert "Private" in page(there.box, "/?in=example/secret")
    page(there.box, "/?in=example/nothing", 404)


def test_an_issue_shows_its_text_labels_people_and_state(there: World) -> None:
    there.store.create_issue(
        REPO, "key-user-1", "Login loops", "Since **this morning**.", labels=["tier:support"], assignees=["support-1"]
    )
    text = issue(there)
    assert all(one in text for one in ("<h1><bdi>Login loops</bdi></h1>", "<strong>this morning</strong>", ">Open<"))
    assert "<dt>Assignees</dt><dd>support-1</dd>" in text
    assert "background:#00ff00" in text
    there.store.close(REPO, 1, "dev-1")
    assert ">Closed<" in issue(there)


def test_history_and_comments_come_in_the_order_of_time_in_githubs_words(there: World) -> None:
    there.store.create_issue(REPO, "key-user-1", "Login loops", labels=["tier:support"])
    acts: list[Callable[[], object]] = [
        lambda: there.store.set_labels(REPO, 1, ["tier:development", "flag:TR01"], "dev-1"),
        lambda: there.store.comment(REPO, 1, "support-1", "Which template?"),
        lambda: there.store.add_assignees(REPO, 1, ["dev-1"], "dev-1"),
        lambda: there.store.add_assignees(REPO, 1, ["support-1"], "dev-1", actor_is_assignee=True),
        lambda: there.store.remove_assignees(REPO, 1, ["dev-1"], "support-1"),
        lambda: there.store.edit_title(REPO, 1, "Login fails", "key-user-1"),
        lambda: there.store.close(REPO, 1, "dev-1", "not_planned"),
        lambda: there.store.reopen(REPO, 1, "key-user-1"),
        lambda: there.store.lock_issue(REPO, 1, "dev-1"),
    ]
    for act in acts:
        there.box.advance(60)
        act()
    words = Elements(issue(there)).words
    told = [
        "key-user-1 added tier:support label 23 Nov 2026, 08:00",
        "dev-1 added tier:development flag:TR01 and removed tier:support labels 23 Nov 2026, 08:01",
        "support-1 commented 23 Nov 2026, 08:02",
        "Which template?",
        "dev-1 self-assigned this",
        "dev-1 assigned support-1",
        "support-1 unassigned dev-1",
        "key-user-1 changed the title Login loops Login fails",
        "dev-1 closed this as not planned",
        "key-user-1 reopened this",
        "dev-1 locked the conversation",
    ]
    places = [words.find(one) for one in told]
    assert -1 not in places, told[places.index(-1)]
    assert places == sorted(places)


def test_every_kind_of_event_has_words(there: World) -> None:
    store = there.store
    for title in ("One", "Two"):
        store.create_issue(REPO, "dev-1", title)
    store.add_issue_type("example", "Bug")
    store.set_type(REPO, 1, "Bug", "dev-1")
    store.add_milestone(REPO, "Soon", "dev-1")
    store.set_milestone(REPO, 1, 1, "dev-1")
    one, two = store.issue(REPO, 1), store.issue(REPO, 2)
    store.add_sub_issue(two, one, "dev-1")
    store.add_blocker(one, two, "dev-1")
    words = Elements(issue(there)).words
    for told in (
        "added the issue type Bug",
        "added this to the milestone Soon",
        "put this below webapp#2 Two",
        "marked this as blocked by webapp#2 Two",
    ):
        assert f"dev-1 {told}" in words
    store.delete_issue(REPO, 2)
    assert "marked this as blocked by an issue that is gone" in Elements(issue(there)).words


def test_what_tierkeeper_did_is_marked_and_nothing_else(there: World) -> None:
    there.store.create_issue(REPO, "key-user-1", "Login loops")
    there.store.comment(REPO, 1, "tierkeeper", "**With support**\n\n<!-- tierkeeper:status -->")
    there.store.add_labels(REPO, 1, ["tier:support"], "tierkeeper")
    there.store.comment(REPO, 1, "support-1", "Thanks")
    text = issue(there)
    assert text.count('<span class="badge own">Tierkeeper</span>') == 2
    assert text.count('<li class="comment own">') == text.count('<li class="event own">') == 1
    assert "tierkeeper:status" not in text
    assert "<strong>With support</strong>" in text


def test_other_accounts_are_marked_when_they_are_named(there: World) -> None:
    there.store.create_issue(REPO, "key-user-1", "Login loops")
    there.store.add_app("desk-keeper")
    there.store.comment(REPO, 1, "desk-keeper[bot]", "Hello", performed_via_app="desk-keeper")
    assert "comment own" not in issue(there)
    asked = page(there.box, f"/_pages/issue/{REPO}/1?own=desk-keeper")
    assert "comment own" in asked
    assert "own=desk-keeper" in asked.partition("<main>")[2]
    there.box.pages.own.add("Desk-Keeper")
    assert "comment own" in issue(there)


def test_a_moved_issue_is_found_where_it_was_and_a_deleted_person_is_the_ghost(there: World) -> None:
    there.store.create_issue(REPO, "key-user-1", "Moves on")
    there.store.transfer_issue(REPO, 1, "example/secret", "tierkeeper")
    there.store.delete_user("key-user-1")
    text = issue(there)
    assert "secret#1" in text
    assert "<b><bdi>ghost</bdi></b> opened this" in text


def test_nothing_that_people_wrote_becomes_html(there: World) -> None:
    store = there.store
    store.add_user(HOSTILE)
    store.add_label(REPO, f"tier:{HOSTILE}", color="red;}</style>")
    store.create_issue(REPO, HOSTILE, HOSTILE, HOSTILE, labels=[f"tier:{HOSTILE}", f"flag:{HOSTILE}"])
    store.add_assignees(REPO, 1, [HOSTILE], HOSTILE)
    store.comment(REPO, 1, HOSTILE, f"{HOSTILE}\n\n<div onclick=alert(1)>\n\nText <b>{HOSTILE}</b>")
    store.edit_title(REPO, 1, f"{HOSTILE} \x00\x1b[31m", HOSTILE)
    for path in ("/", f"/_pages/issue/{REPO}/1", f"/?in={REPO}&own={HOSTILE}"):
        text = page(there.box, path)
        found = Elements(text)
        assert not found.tags & {"script", "img"}
        assert not {name for name, _ in found.attributes if name.startswith("on")}
        assert text.count("</style>") == 1
        assert "alert('x')" in found.words
        assert not set("\x00\x1b") & set(text)


@pytest.mark.parametrize(
    "markdown",
    [
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html,hello)",
        "[x](file:///etc/passwd)",
        "[x](/_sandbox/clock)",
        "[x](//example.org)",
        "<javascript:alert(1)>",
        "![x](https://example.org/x.png)",
        "![x](data:image/png;base64,AAAA)",
        "[x]: javascript:alert(1)\n\n[x]",
    ],
)
def test_only_safe_links_are_links_and_no_image_is_loaded(there: World, markdown: str) -> None:
    there.store.create_issue(REPO, "key-user-1", "t", markdown)
    found = Elements(issue(there))
    assert "img" not in found.tags
    links = {value for name, value in found.attributes if name == "href"}
    assert links <= {"/", "data:,", "/?in=example%2Fwebapp"}


def test_a_good_link_says_nothing_of_where_it_was_followed_from(there: World) -> None:
    there.store.create_issue(REPO, "key-user-1", "t", "[x](https://example.org/?a=1&b=2) <mailto:a@example.org>")
    text = issue(there)
    assert '<a href="https://example.org/?a=1&amp;b=2" rel="noopener noreferrer nofollow">x</a>' in text
    assert 'href="mailto:a@example.org"' in text


def test_comments_of_html_are_hidden_but_not_in_code(there: World) -> None:
    body = "Seen <!-- hidden --> again\n\n<!--\nalso hidden\n\nstill -->\n\n`<!-- shown -->`\n\n<!-- never closed"
    there.store.create_issue(REPO, "key-user-1", "t", body)
    words = Elements(issue(there)).words
    assert "<!-- shown -->" in words
    assert not any(one in words for one in ("hidden", "still", "never closed"))


def test_headings_in_a_comment_stay_below_those_of_the_page(there: World) -> None:
    there.store.create_issue(REPO, "key-user-1", "t", "# Top\n\n###### Deep")
    text = issue(there)
    assert "<h3>Top</h3>" in text
    assert "<h6>Deep</h6>" in text
    assert text.count("<h1>") == 1


def test_a_page_forbids_scripts_and_everything_from_elsewhere(there: World) -> None:
    for path in ("/", "/_pages/none"):
        answer = requests.get(there.box.url + path, headers={"Accept": HTML}, timeout=10)
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; img-src data:")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert '<html lang="en">' in answer.text
        assert 'name="viewport"' in answer.text


@pytest.mark.parametrize(
    "path",
    ["/_pages/", "/_pages/none", f"/_pages/issue/{REPO}/9", f"/_pages/issue/{REPO}/x", "/_pages/issue/no/where/1"],
)
def test_what_is_not_there_is_a_404_with_a_way_back(there: World, path: str) -> None:
    assert '<a href="/">To the board</a>' in page(there.box, path, 404)


def test_pages_change_nothing_and_answer_no_foreign_name(there: World) -> None:
    assert requests.post(f"{there.box.url}/_pages/issue/{REPO}/1", timeout=10).status_code == 405
    assert "loopback" in page(there.box, "/", 421, Host="evil.example.org")
    page(there.box, "/", Host="localhost:1234")


def test_the_api_notices_nothing_of_pages(there: World) -> None:
    there.box.faults.add("server-error")
    page(there.box, "/")
    page(there.box, "/_pages/none", 404)
    there.box.faults.clear()
    assert there.box.requests == []
    limit = there.as_("dev-1").get("/rate_limit")["resources"]["core"]
    assert limit["remaining"] == limit["limit"]


@pytest.mark.parametrize("accept", ["*/*", "application/vnd.github+json", "application/json"])
def test_the_root_is_the_apis_for_whoever_does_not_ask_for_html(there: World, accept: str) -> None:
    answer = requests.get(f"{there.box.url}/", headers={"Accept": accept}, timeout=10)
    assert answer.headers["Content-Type"].startswith("application/json")
    assert [call.path for call in there.box.requests] == ["/"]


def test_an_empty_sandbox_has_an_empty_board(there: World) -> None:
    there.store.data.repositories.clear()
    assert "Nothing here yet" in page(there.box, "/")


def test_an_edited_comment_says_so(there: World) -> None:
    there.store.create_issue(REPO, "key-user-1", "t")
    key = there.store.comment(REPO, 1, "key-user-1", "first")
    assert "edited" not in Elements(issue(there)).words
    there.store.edit_comment(key, "second", "key-user-1", at=START + timedelta(minutes=5))
    assert "· edited" in issue(there)
