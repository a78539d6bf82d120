"""What each format holds of the other, what is shown in plainer form, and what never gets across."""

from typing import Any

import pytest
from markup_laws import KNOWING, PLAIN, keep_the_laws

from tierkeeper.plugins.markup.context import GITHUB_LONGEST, JIRA_LONGEST, Context, Mention, Node
from tierkeeper.plugins.markup.conversion import to_adf, to_markdown
from tierkeeper.plugins.markup.links import references, safe_address
from tierkeeper.plugins.markup.text import WORD_JOINER

SAME = [
    "one\n\ntwo\nthree",
    "# Title\n\n###### Six",
    "**bold** _em_ ~~gone~~ `code` <ins>under</ins> H<sub>2</sub>O",
    "a<strong>!b</strong>c <em>a</em>b",
    "[words](https://example.org/a?b=1&c=2) <https://example.org> <a@example.org>",
    "[in brackets](<https://example.org/a_(b)>)",
    "- one\n- two\n  - three\n    1. four",
    "3. three\n4. four",
    "- a\n\n* b\n\n- c",
    "- a\n\n  b",
    "- [x] done\n- [ ] open\n  - [x] below",
    "- [x] done\n  - a note\n- [ ] open",
    "```python\nx = 1\n\ny\n```",
    "````\n```\n````",
    "> quote\n>\n> - list\n>\n> ```\n> code\n> ```",
    "> [!WARNING]\n> careful\n>\n> # really",
    "<details>\n<summary>a &lt; b</summary>\n\nx\n\n<details>\n<summary>in</summary>\n\ny\n\n</details>\n\n</details>",
    "| a | b |\n|---|---|\n| 1 \\| 2 | `x\\|y`<br>z |",
    "|  |  |\n|---|---|\n| 1 | 2 |",
    "![shot](https://example.org/a.png)",
    "[![shot](https://example.org/a.png)](https://example.org/page)",
    "---",
    "\\# no heading, \\* no star, snake_case, C:\\new, 1 < 2 & 3",
    "1\\. no list\n\\- none\n\\> no quote\n\\[!NOTE]",
]

GITHUB = references("https://example.org/octo/app/issues/", {"ABC-7": "https://example.org/browse/ABC-7"}.get)


def paragraph(*nodes: Node) -> Node:
    return {"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": list(nodes)}]}


def nodes(markdown: str, context: Context = PLAIN) -> list[Any]:
    content: list[Any] = to_adf(markdown, context).content["content"]
    return content


def kinds(markdown: str) -> list[str]:
    return [node["type"] for node in nodes(markdown)]


@pytest.mark.parametrize("markdown", SAME)
def test_what_both_formats_hold_comes_back_as_it_was(markdown: str) -> None:
    assert keep_the_laws(markdown, PLAIN) == markdown
    assert to_adf(markdown, PLAIN).losses in {(), ("task in a list of other things",)}


@pytest.mark.parametrize(
    ("markdown", "shown", "loss"),
    [
        ("> > deeper", "> \\> deeper", "quote in a quote"),
        ("> # head", "> **head**", "heading in a quote"),
        ("- # head", "- **head**", "heading in a list"),
        ("> | a | b |\n> |---|---|", "> a | b", "table in a quote"),
        ("- <details>\n  <summary>t</summary>\n\n  x\n\n  </details>", "- **t**\n\n  x", "fold in a list"),
        ("| a |\n|--:|\n| 1 |", "| a |\n|---|\n| 1 |", "table alignment"),
        ("a ![i](https://example.org/i.png)", "a [i](https://example.org/i.png)", "image among words"),
        ("[x](docs/a.md)", "x (docs/a.md)", "link to what is no page"),
        ("[x](javascript:alert)", "x", "link to what is no page"),
        ("<script>x</script>", "```html\n<script>x</script>\n```", "HTML"),
        ("a List<String>", "a List\\<String>", "HTML"),
        ("a<!-- hidden -->b", "ab", "HTML comment"),
        ("x[^1]\n\n[^1]: word", "x[^1]\n\n\\[^1]: word", "footnote"),
        ("**`x`**", "`x`", "formatting of code"),
    ],
)
def test_what_jira_cannot_hold_is_shown_in_plainer_form_and_named(markdown: str, shown: str, loss: str) -> None:
    assert keep_the_laws(markdown, PLAIN) == shown
    assert to_adf(markdown, PLAIN).losses == (loss,)


@pytest.mark.parametrize(
    ("node", "shown", "loss"),
    [
        ({"type": "mention", "attrs": {"id": "5b10", "text": "@Old Name"}}, "Anna Berg", "mention"),
        ({"type": "mention", "attrs": {"id": "x", "text": "@bob"}}, "bob", "mention"),
        ({"type": "mention", "attrs": {"id": "x"}}, "somebody", "mention"),
        ({"type": "status", "attrs": {"text": "OPEN", "color": "red"}}, "**OPEN**", "status"),
        ({"type": "date", "attrs": {"timestamp": "1795392000000"}}, "2026-11-23", "date"),
        ({"type": "inlineCard", "attrs": {"url": "https://example.org"}}, "<https://example.org>", "card"),
        ({"type": "mediaInline", "attrs": {"id": "gone", "collection": ""}}, "attachment", "attachment"),
        ({"type": "glyph", "attrs": {"text": "g"}}, "g", "unknown content"),
    ],
)
def test_what_markdown_cannot_hold_is_shown_in_plainer_form_and_named(node: Node, shown: str, loss: str) -> None:
    made = to_markdown(paragraph(node), KNOWING)
    assert (made.content, made.losses) == (shown, (loss,))


def test_attachments_lead_to_where_they_are() -> None:
    files: list[Node] = [{"type": "file", "id": "1", "collection": "", "alt": name} for name in ("shot.png", "log.txt")]
    media = [{"type": "media", "attrs": attrs} for attrs in files]
    made = to_markdown({"type": "doc", "version": 1, "content": [{"type": "mediaGroup", "content": media}]}, KNOWING)
    assert made.content == (
        "![shot.png](https://example.org/files/shot.png)\n\n[log.txt](https://example.org/files/log.txt)"
    )
    assert made.losses == ()


def test_a_file_that_markdown_names_by_its_path_leads_to_where_it_is() -> None:
    (image,) = nodes("![a](shot.png)", KNOWING)
    assert image["content"][0]["attrs"]["url"] == "https://example.org/files/shot.png"


def test_a_mention_becomes_the_shown_name_and_nobody_is_called() -> None:
    made = to_adf("ask @anna or @bob, not a@example.org", KNOWING)
    assert made.losses == ("mention",)
    assert to_markdown(made.content, KNOWING).content == f"ask Anna Berg or @{WORD_JOINER}bob, not <a@example.org>"


@pytest.mark.parametrize("text", ["@bob", "x @bob", "é@bob", "(@bob", "@bob/team", "#12", "o/r#12", "GH-12", "<b>@bob"])
def test_what_would_call_or_link_by_itself_on_github_is_broken_unseen(text: str) -> None:
    made = to_markdown(paragraph({"type": "text", "text": text}), PLAIN).content
    assert WORD_JOINER in made
    back = to_markdown(to_adf(made, PLAIN).content, PLAIN).content
    assert back == made


def test_a_marked_name_is_broken_though_the_sign_stands_in_another_node() -> None:
    made = to_markdown(
        paragraph({"type": "text", "text": "a"}, {"type": "text", "text": "@bob", "marks": [{"type": "em"}]}), PLAIN
    )
    assert f"@{WORD_JOINER}bob" in made.content


def test_the_joiner_does_not_stay_in_jira() -> None:
    assert nodes(f"@{WORD_JOINER}bob #{WORD_JOINER}12")[0]["content"] == [{"type": "text", "text": "@bob #12"}]


def test_only_a_mention_of_our_own_calls_people() -> None:
    context = Context(person=lambda account: Mention(account, "Anna"))
    assert nodes("@anna", context)[0]["content"] == [{"type": "mention", "attrs": {"id": "anna", "text": "@Anna"}}]


def test_references_lead_to_where_the_source_means_them_to() -> None:
    context = Context(reference=GITHUB)
    made = to_adf("#12, other/one#3, ABC-7, UTF-8, C#5, `#6`", context)
    shown = to_markdown(made.content, PLAIN).content.replace(WORD_JOINER, "")
    assert shown == (
        "[#12](https://example.org/octo/app/issues/12), [other/one#3](https://example.org/other/one/issues/3), "
        "[ABC-7](https://example.org/browse/ABC-7), UTF-8, C#5, `#6`"
    )


def test_references_without_a_place_lead_nowhere() -> None:
    assert references()("#12") is None
    assert references("https://example.org/o/r/issues/")("ABC-7") is None


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        " JaVaScRiPt:x",
        "java\nscript:x",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc",
        "//x",
        "/x",
        "",
        "https:",
        "https://",
        "http:x",
        "mailto:",
        "\x01javascript:x",
    ],
)
def test_only_pages_and_mail_are_linked(address: str) -> None:
    assert safe_address(address) is None
    made = to_adf(f"[x](<{address}>)", PLAIN)
    assert "link" not in str(made.content)


def test_an_address_keeps_no_sign_that_would_end_it() -> None:
    assert safe_address("https://example.org/a b<c>`|") == "https://example.org/a%20b%3Cc%3E%60%7C"


def test_pictures_on_lines_of_their_own_are_shown_among_paragraphs() -> None:
    assert kinds("before\n![a](https://example.org/a.png)\nafter") == ["paragraph", "mediaSingle", "paragraph"]
    assert kinds('<p align="center">\n<img src="https://example.org/a.png">\n</p>') == ["mediaSingle"]


def test_details_without_empty_lines_and_without_an_end_fold_too() -> None:
    assert kinds("<details><summary>a</summary>text</details>\nafter") == ["expand", "paragraph"]
    assert kinds("<details>\n\nnever closed") == ["expand"]


def test_tasks_are_numbered_by_their_place() -> None:
    (tasks,) = nodes("- [x] a\n- [ ] b")
    assert [item["attrs"] for item in tasks["content"]] == [
        {"localId": "task-1", "state": "DONE"},
        {"localId": "task-2", "state": "TODO"},
    ]


def test_halves_of_characters_are_joined_or_left_out() -> None:
    assert nodes("\ud83d\ude00 \ud800x")[0]["content"] == [{"type": "text", "text": "\U0001f600 x"}]


def test_html_is_text_where_the_context_says_so() -> None:
    assert nodes("<b>x</b>", Context(html=False))[0]["content"] == [{"type": "text", "text": "<b>x</b>"}]


@pytest.mark.parametrize("text", ["short\n\n" * 3 + "line\n\n" * 20_000, "```\n" + "a line of a log\n" * 9_000 + "```"])
def test_what_is_too_long_is_cut_where_it_does_no_harm_and_says_where_all_of_it_is(text: str) -> None:
    made = to_adf(text, KNOWING)
    assert made.losses == ("cut",)
    last = made.content["content"][-1]["content"]
    assert last[0]["text"] == f"Cut here: {JIRA_LONGEST:,} characters is the most that fits. "
    assert last[1]["marks"] == [{"type": "link", "attrs": {"href": "https://example.org/original"}}]
    shown = to_markdown(made.content, KNOWING).content
    assert 20_000 < len(shown) <= JIRA_LONGEST * 2


def test_a_document_that_is_too_long_for_github_is_cut_at_a_line() -> None:
    log = {"type": "codeBlock", "content": [{"type": "text", "text": "a line of a log\n" * 9_000}]}
    first = {"type": "paragraph", "content": [{"type": "text", "text": "first"}]}
    made = to_markdown({"type": "doc", "version": 1, "content": [first, log]}, KNOWING)
    assert made.losses == ("cut",)
    assert GITHUB_LONGEST - 100 < len(made.content) <= GITHUB_LONGEST
    assert made.content.endswith(
        "a line of a log\n```\n\n_Cut here: 65,536 characters is the most that fits._ "
        "[The whole text](https://example.org/original)"
    )


@pytest.mark.parametrize("longest", [0, 1, 80, 300])
def test_even_a_tiny_room_is_kept_so_far_as_what_must_be_said_fits(longest: int) -> None:
    document = to_adf("- a\n  - b **c**\n\n> " + "word " * 200, PLAIN).content
    made = to_markdown(document, Context(longest=longest))
    assert len(made.content) <= max(longest, 80)
    assert "Cut here" in made.content
