"""Jira's sandbox shows people a board and its issues, and its API notices nothing."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
from jira_world import World, doc, world
from pages_world import HOSTILE, HTML, Elements, columns, page

Node = dict[str, Any]


@pytest.fixture
def there() -> Iterator[World]:
    with world() as made:
        yield made


def issue(there: World, key: str = "HELP-1") -> str:
    return page(there.box, f"/_pages/issue/{key}")


def described(there: World, *content: Node) -> str:
    """Return what an issue of this description shows."""
    document = {"type": "doc", "version": 1, "content": list(content)}
    key = there.store.create_issue("HELP", "key-user-1", "t", description=document)
    return issue(there, key).partition('<div class="prose">')[2].partition("</article>")[0]


def text(words: str, *marks: Node) -> Node:
    return {"type": "text", "text": words, **({"marks": list(marks)} if marks else {})}


def node(kind: str, *content: Node, **attrs: Any) -> Node:
    return {"type": kind, **({"content": list(content)} if content else {}), **({"attrs": attrs} if attrs else {})}


def test_the_board_has_a_column_a_tier_in_order_of_first_use_and_one_for_none(there: World) -> None:
    store = there.store
    store.create_issue("HELP", "key-user-1", "Login loops", labels=["tier:help-desk"])
    there.box.advance(60)
    store.create_issue("HELP", "key-user-1", "Export fails", labels=["tier:support", "flag:TR01"], assignee="dev-1")
    there.box.advance(60)
    store.set_labels("HELP-1", "help-desk-1", ["tier:development", "sla:at-risk"])
    store.create_issue("HELP", "key-user-1", "No tier", status="Closed", labels=["tier:support"])
    store.create_issue("HELP", "key-user-1", "Stands alone")
    text = page(there.box, "/")
    found = columns(text)
    assert list(found) == ["help-desk", "support", "development", "no tier"]
    assert "None." in found["help-desk"]
    assert all(words in found["support"] for words in ("HELP-2", "Export fails", "dev-1", "flag:TR01"))
    assert all(words in found["development"] for words in ("HELP-1", "Login loops", "no owner", "sla:at-risk"))
    assert "Stands alone" in found["no tier"]
    assert "3 open, 1 closed" in text
    assert '<time datetime="2026-11-23T08:02:00Z">' in text


def test_another_project_is_chosen_by_a_link_and_all_are_shown(there: World) -> None:
    there.store.create_issue("SECRET", "tierkeeper", "Private")
    there.store.create_issue("HELP", "key-user-1", "Public")
    text = page(there.box, "/")
    assert 'href="/?in=HELP" aria-current="page"' in text
    assert 'href="/?in=SECRET"' in text
    assert "Private" in page(there.box, "/?in=SECRET")
    page(there.box, "/?in=NONE", 404)


def test_an_issue_shows_its_fields_text_and_state(there: World) -> None:
    there.store.create_issue(
        "HELP",
        "key-user-1",
        "Login loops",
        description=doc("Since this morning."),
        labels=["tier:support"],
        assignee="support-1",
        priority="High",
        issue_type="Incident",
        fields={"timeoriginalestimate": 7200},
    )
    there.store.set_field("HELP-1", "support-1", "Severity", "major")
    there.store.create_issue("DEV", "dev-1", "Race")
    there.store.link("Blocks", there.store.issue("DEV-1"), there.store.issue("HELP-1"), "dev-1")
    there.store.add_file("HELP-1", "key-user-1", "shot.png", b"shot")
    text = issue(there)
    assert "<h1><bdi>Login loops</bdi></h1>" in text
    assert "<p>Since this morning.</p>" in text
    assert '<span class="badge open">Open</span>' in text
    for name, value in (
        ("Issue Type", "Incident"),
        ("Priority", "High"),
        ("Assignee", "support-1"),
        ("Reporter", "key-user-1"),
        ("Original estimate", "2h"),
        ("Severity", "major"),
        ("Linked to", "DEV-1"),
        ("Attachment", "shot.png"),
    ):
        assert f"<dt>{name}</dt><dd>{value}</dd>" in text


def test_history_comments_and_work_come_in_the_order_of_time_in_jiras_words(there: World) -> None:
    store, box = there.store, there.box
    store.create_issue("HELP", "key-user-1", "Login loops", labels=["a", "b"])
    acts: list[Callable[[], object]] = [
        lambda: store.set_labels("HELP-1", "support-1", ["a", "c"]),
        lambda: store.comment("HELP-1", "support-1", "Which template?"),
        lambda: store.assign("HELP-1", "support-1", "dev-1"),
        lambda: store.transition("HELP-1", "support-1", "In Progress"),
        lambda: store.set_field("HELP-1", "support-1", "timeoriginalestimate", 5400),
        lambda: store.add_worklog("HELP-1", "dev-1", 3600),
        lambda: store.set_field("HELP-1", "support-1", "description", "x" * 400),
        lambda: store.transition("HELP-1", "dev-1", "Closed"),
        lambda: store.move_issue("HELP-1", "DEV", "support-1"),
    ]
    for act in acts:
        box.advance(60)
        act()
    words = Elements(issue(there)).words
    told = [
        "support-1 changed Labels a b → a c 23 Nov 2026, 08:01",
        "support-1 commented 23 Nov 2026, 08:02",
        "Which template?",
        "support-1 changed Assignee None → dev-1",
        "support-1 changed Status Open → In Progress",
        "support-1 changed Original estimate None → 1h 30m",
        "dev-1 logged 1h of work",
        f"support-1 changed Description None → {'x' * 299}… ",
        "dev-1 changed Resolution None → Done; Status In Progress → Closed",
        "support-1 changed Project Help → Dev; Key HELP-1 → DEV-1",
    ]
    places = [words.find(one) for one in told]
    assert -1 not in places, (told[places.index(-1)], words)
    assert places == sorted(places)


def test_comments_say_who_may_not_read_them_and_that_they_were_edited(there: World) -> None:
    there.store.create_issue("HELP", "key-user-1", "t")
    key = there.store.comment("HELP-1", "support-1", "Between us", internal=True)
    there.store.comment("HELP-1", "support-1", "For the desk", visibility=("group", "help-desk"))
    text = issue(there)
    assert "internal note" in text
    assert "only for group help-desk" in text
    assert "edited" not in text
    there.box.advance(60)
    there.store.edit_comment(key, "support-1", "Still between us")
    assert "· edited" in issue(there)


def test_what_tierkeeper_did_is_marked_and_nothing_else(there: World) -> None:
    there.store.create_issue("HELP", "key-user-1", "t")
    there.store.add_label("HELP-1", "tierkeeper", "tier:support")
    there.store.comment("HELP-1", "tierkeeper", "With support")
    there.store.comment("HELP-1", "support-1", "Thanks")
    there.store.comment("HELP-1", "automation", "Beep")
    text = issue(there)
    assert text.count('<span class="badge own">Tierkeeper</span>') == 2
    assert text.count('<li class="comment own">') == text.count('<li class="event own">') == 1
    assert page(there.box, "/_pages/issue/HELP-1?own=automation").count('<li class="comment own">') == 2


def test_a_document_is_shown_with_its_lists_tables_code_and_people(there: World) -> None:
    paragraph = node("paragraph", text("one"))
    shown = described(
        there,
        node("heading", text("Steps"), level=1),
        node("orderedList", node("listItem", paragraph), order=3),
        node("taskList", node("taskItem", text("done"), state="DONE"), node("taskItem", text("open"), state="TODO")),
        node("codeBlock", text("a < b")),
        node("table", node("tableRow", node("tableHeader", paragraph), node("tableCell", paragraph))),
        node("paragraph", text("bold", {"type": "strong"}), node("hardBreak"), node("mention", id="x", text="@dev-1")),
        node("panel", node("paragraph", node("date", timestamp="1795420800000"), node("emoji", shortName=":-)"))),
        node("expand", paragraph, title="More"),
        node("mediaSingle", node("media", alt="shot.png")),
        node("rule"),
    )
    for one in (
        "<h3>Steps</h3>",
        '<ol start="3"><li><p>one</p></li></ol>',
        "<ul><li>☑ done</li><li>☐ open</li></ul>",
        "<pre><code>a &lt; b</code></pre>",
        "<tr><th><p>one</p></th><td><p>one</p></td></tr>",
        "<b>bold</b><br><b>@dev-1</b>",
        "2026-11-23:-)",
        "<b>More</b>",
        "[attachment shot.png]",
        "<hr>",
    ):
        assert one in shown


@pytest.mark.parametrize("href", ["javascript:alert(1)", "data:text/html,x", "/_sandbox/clock", "//example.org", ""])
def test_only_safe_links_of_a_document_are_links(there: World, href: str) -> None:
    link = text("words", {"type": "link", "attrs": {"href": href}})
    shown = described(there, node("paragraph", link, node("inlineCard", url=href)))
    assert "<a " not in shown
    assert "words" in shown


def test_a_document_with_odd_attributes_and_of_any_depth_is_shown(there: World) -> None:
    deep = node("paragraph", text("the deepest"))
    for _ in range(300):
        deep = node("bulletList", node("listItem", deep))
    odd: list[Node] = [
        {"type": "heading", "attrs": [], "content": [text("odd")]},
        {"type": "paragraph", "content": [{"type": "date", "attrs": {"timestamp": "9" * 40}}, text("x", {"type": 1})]},
        {"type": "orderedList", "attrs": {"order": '"><script>'}, "content": []},
        {"type": "paragraph", "content": [{"type": "text", "text": "y", "marks": [3, None]}]},
    ]
    shown = described(there, deep, *odd)
    assert "the deepest" in shown
    assert "odd" in shown
    assert "<script>" not in shown


def test_nothing_that_people_wrote_becomes_html(there: World) -> None:
    store = there.store
    store.add_user("hostile", name=HOSTILE)
    store.create_issue("HELP", "hostile", HOSTILE, description=doc(HOSTILE), labels=[f"tier:{HOSTILE}"])
    store.set_labels("HELP-1", "hostile", [f"tier:{HOSTILE}", f"flag:{HOSTILE}"])
    store.assign("HELP-1", "hostile", "hostile")
    store.comment("HELP-1", "hostile", HOSTILE, visibility=("group", HOSTILE))
    for path in ("/", "/_pages/issue/HELP-1", f"/?own={HOSTILE}"):
        text = page(there.box, path)
        found = Elements(text)
        assert not found.tags & {"script", "img"}
        assert not {name for name, _ in found.attributes if name.startswith("on")}
        assert text.count("</style>") == 1
        assert "alert('x')" in found.words


@pytest.mark.parametrize("path", ["/_pages/", "/_pages/issue/HELP-9", "/_pages/issue/x", "/_pages/issue/HELP-1/2"])
def test_what_is_not_there_is_a_404_with_a_way_back(there: World, path: str) -> None:
    assert '<a href="/">To the board</a>' in page(there.box, path, 404)


def test_the_api_notices_nothing_of_pages(there: World) -> None:
    there.store.create_issue("HELP", "key-user-1", "t")
    there.box.faults.add("rate-limit")
    answer = requests.get(f"{there.box.url}/", headers={"Accept": HTML}, timeout=10)
    assert answer.status_code == 200
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    issue(there)
    assert there.box.requests == []
    there.box.faults.clear()
    plain = requests.get(f"{there.box.url}/", timeout=10)
    assert plain.headers["Content-Type"].startswith("application/json")
    assert [call.path for call in there.box.requests] == ["/"]
