"""`catalogue`: the page for users, from the policy alone, as Markdown, HTML and JSON."""

from html.parser import HTMLParser
from pathlib import Path

from command_line import Call, write_policy
from desk_world import World
from markdown_it import MarkdownIt

NASTY = "<img src=x onerror=alert(1)>|`*_[a](javascript:x)"
SERVICES = f"""\
services:
  web: {{description: '{NASTY}', entry_points: [shop], owner: support-lead}}
  office: {{entry_points: [portal]}}
people:
  support-lead: {{github: support-lead, mail: lead@example.org}}
fallback: {{key_users: [help-desk-1]}}
commands: {{why: off, take: {{who: [reporter]}}}}
"""


class Tags(HTMLParser):
    """The tags and the text of a page; attributes apart."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def rich(folder: Path, desk: World) -> None:
    path = write_policy(
        folder, desk, ("{from: key-users, to: help-desk", "{from: key-users, to: help-desk, needs: [steps]")
    )
    path.write_text(path.read_text() + SERVICES)


def test_the_page_tells_whom_to_ask_and_what_happens_then(desk: World, cli: Call, tmp_path: Path) -> None:
    rich(tmp_path, desk)
    page = cli("catalogue").out
    for part in (
        "# Web application: whom to ask, and what happens then",
        "| shop | web | key-user-1 |",
        "| pune-01 | shop | in-1 | Asia/Kolkata | key-user-2 |",
        "Report it in the repository `example/webapp` on github.",
        "a line such as `Instance: berlin-01`",
        "Say what will be asked for: steps.",
        "Where nobody knows whose it is, it goes to help-desk-1.",
        "1. Support (the role support, led by support-lead). They answer, or hand it to development.",
        "| key users | help desk | steps |",
        "| `/handover TIER reason` |",
        "support-lead (lead@example.org)".replace("@", "@\u2060"),
    ):
        assert part in page
    assert "`/why`" not in page
    assert "`/spent AMOUNT`" not in page


def test_a_desk_without_services_or_fallback_has_a_page_without_empty_parts(cli: Call, desk: World) -> None:
    assert desk.box.url
    page = cli("catalogue").out
    assert "## Services" not in page
    assert "| entry point | key users |" in page
    assert "Where nobody knows" not in page


def test_json_holds_what_the_page_shows(desk: World, cli: Call, tmp_path: Path) -> None:
    rich(tmp_path, desk)
    answer = cli("catalogue", "--json").json
    assert (answer["format"], answer["command"], answer["desk"]) == (1, "catalogue", "Web application")
    web = answer["services"][0]
    assert (web["name"], web["description"], web["owner"]["mail"]) == ("web", NASTY, "lead@example.org")
    assert [one["service"] for one in answer["entry_points"]] == ["web", "office"]
    assert answer["steps"][0]["hands_to"] == [{"to": "help desk", "needs": ["steps"]}]
    assert answer["report_in"] == [{"tracker": "github", "kind": "repository", "place": "example/webapp", "labels": []}]


def test_nothing_of_the_policy_is_markup_in_either_page(desk: World, cli: Call, tmp_path: Path) -> None:
    rich(tmp_path, desk)
    found = Tags(cli("catalogue", "--html").out)
    assert "img" not in found.tags
    assert "script" not in found.tags
    assert found.attributes <= {"lang", "charset", "name", "content", "http-equiv", "class"}
    assert NASTY in found.text
    assert found.open == []
    shown = MarkdownIt("commonmark").enable("table").render(cli("catalogue").out)
    assert ("<img" in shown, "<a " in shown, "<em>" in shown) == (False, False, False)


def test_it_is_written_to_a_file_and_said_where(desk: World, cli: Call, tmp_path: Path) -> None:
    assert desk.box.url
    result = cli("catalogue", "--html", "--out", "page.html")
    assert (result.code, result.out) == (0, "Written to page.html.\n")
    assert (tmp_path / "page.html").read_text("utf-8").startswith("<!doctype html>")
    for arguments, said in (
        (("--out", "no/folder.md"), "cannot be written"),
        (("--json", "--out", "x"), "leave --out away"),
    ):
        refused = cli("catalogue", *arguments)
        assert (refused.code, said in refused.err) == (2, True)


def test_a_wrong_policy_is_refused(desk: World, cli: Call, tmp_path: Path) -> None:
    write_policy(tmp_path, desk, ("  TR01:\n", "  TR99:\n"))
    assert cli("catalogue").code == 2
    assert desk.box.url
