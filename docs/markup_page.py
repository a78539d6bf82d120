"""The page on text: what each format holds of the other, tried with the converter itself."""

from collections.abc import Iterator, Mapping
from typing import Any

from tierkeeper.plugins.markup.context import GITHUB_LONGEST, JIRA_LONGEST, Context
from tierkeeper.plugins.markup.conversion import to_adf, to_markdown

_LONGEST_SHOWN = 90

_HEAD = f"""# Text between GitHub and Jira

GitHub speaks Markdown, Jira Cloud its own document format (ADF). `plugins/markup/conversion.py` writes one as the
other: `to_adf(markdown, context)` and `to_markdown(adf, context)` give the text and what was lost, each loss one short
phrase. The same text gives the same document, to the last local id; what went there and back once comes back the same
from then on. What a format cannot hold is shown in plainer form. Both tables are made by the converter.

* **Nobody is called.** A mention becomes the person's shown name. What still looks like one gets a word joiner (U+2060)
  behind the `@`: a backslash does not keep GitHub from calling, and a code span only until somebody answers by mail.
* **Nothing is linked by itself.** `#12`, `owner/name#12` and `ABC-7` become links to what the source means by them;
  those that lead nowhere get the same joiner, so that GitHub does not link its own `#12`.
* **Links** lead to `http`, `https` and `mailto`. Others are text: a path is shown behind its words, a script is not.
* **Images** that stand on a line of their own become ADF's external media, which Atlassian's schema allows in quotes,
  lists and cells too; each is also a link to its picture, for readers to whom Jira does not show it. An image among
  words becomes a link, since ADF has no inline image from elsewhere. Both lead to where the picture was: one of a
  private repository on GitHub shows to those only who may read there.
* **Line ends** are breaks, as in GitHub's issues and comments.
* **HTML** is never passed through: tags that are marks are read as such, the rest is shown as text or code, those that
  only arrange (`<p>`, `<div>`, `<span>`) are left out. So are comments, which nobody sees.
* **Length.** Jira takes {JIRA_LONGEST:,} characters, GitHub {GITHUB_LONGEST:,}. A longer text is cut at the end of a
  block, or of a line of code, an item, a row or a word where one block alone is too long; a last line says so and links
  the original.
* Control characters, marks that turn the direction of writing and halves of characters are removed.
"""

_MARKDOWN = {
    "headings": "## Heading",
    "paragraphs, line ends": "one\ntwo",
    "bold, italic, struck out, code": "**b** _i_ ~~s~~ `c`",
    "underline, sub, sup": "<ins>u</ins> <sub>1</sub> <sup>2</sup>",
    "bold code": "**`c`**",
    "links, bare addresses": "[a](https://example.org) https://example.org",
    "title of a link": '[a](https://example.org "title")',
    "relative links": "[a](../README.md)",
    "links to scripts": "[a]\n\n[a]: javascript:x",
    "image on its own line": "![a](https://example.org/a.png)",
    "image among words": "see ![a](https://example.org/a.png)",
    "lists, nested": "- a\n  1. b",
    "lists that begin elsewhere": "3. c",
    "task lists, nested": "- [x] a\n  - [ ] b",
    "tasks with more than a line, or among other items": "- [x] a\n- b",
    "code with its language": "```python\nx\n```",
    "second word behind the fence": "```python title\nx\n```",
    "quotes": "> a\n>\n> - b",
    "quotes in quotes": "> > a",
    "headings in quotes": "> # a",
    "tables in quotes": "> | a |\n> |---|\n> | b |",
    "quotes in lists": "- a\n\n  > b",
    "headings in lists": "- # a",
    "tables in lists": "- | a |\n  |---|\n  | b |",
    "rules in lists": "- ***",
    "tables": "| a | b |\n|---|---|\n| 1 | 2 |",
    "table alignment": "| a |\n|--:|\n| 1 |",
    "rules": "---",
    "alerts": "> [!WARNING]\n> a",
    "quotes in alerts": "> [!NOTE]\n> > a",
    "folds": "<details>\n<summary>a</summary>\n\nb\n\n</details>",
    "folds in folds": "<details>\n\n<details>\n\nb\n\n</details>\n</details>",
    "folds in lists": "- <details>\n  <summary>a</summary>\n\n  b\n\n  </details>",
    "mentions": "@anna",
    "emoji by name": ":tada:",
    "HTML comments": "a <!-- b -->",
    "other HTML": "<script>x</script>",
    "footnotes": "a[^1]\n\n[^1]: b",
    "nesting over 50 lists": "- " * 60 + "a",
}


def _doc(*content: Any) -> dict[str, Any]:
    return {"type": "doc", "version": 1, "content": list(content)}


def _inline(*nodes: Any) -> dict[str, Any]:
    return _doc({"type": "paragraph", "content": list(nodes)})


def _marked(kind: str, **attrs: str) -> dict[str, Any]:
    mark = {"type": kind} | ({"attrs": attrs} if attrs else {})
    return _inline({"type": "text", "text": "a", "marks": [mark]})


def _block(kind: str, *content: Any, **attrs: Any) -> dict[str, Any]:
    return {"type": kind} | ({"attrs": attrs} if attrs else {}) | ({"content": list(content)} if content else {})


_TEXT = _block("paragraph", {"type": "text", "text": "a"})
_TASK = _block("taskItem", {"type": "text", "text": "a"}, localId="1", state="DONE")
_DOCUMENTS: Mapping[str, dict[str, Any]] = {
    "underline": _marked("underline"),
    "colour": _marked("textColor", color="#ff0000"),
    "remark on a part of the text": _marked("annotation", id="1", annotationType="inlineComment"),
    "title of a link": _marked("link", href="https://example.org", title="b"),
    "placeholder of a form": _inline({"type": "placeholder", "attrs": {"text": "b"}}),
    "mention": _inline({"type": "mention", "attrs": {"id": "1", "text": "@Anna Berg"}}),
    "emoji": _inline({"type": "emoji", "attrs": {"shortName": ":tada:", "text": "\U0001f389"}}),
    "emoji of one's own": _inline({"type": "emoji", "attrs": {"shortName": ":our_logo:"}}),
    "status": _inline({"type": "status", "attrs": {"text": "OPEN", "color": "blue"}}),
    "date": _inline({"type": "date", "attrs": {"timestamp": "1795392000000"}}),
    "inline card": _inline({"type": "inlineCard", "attrs": {"url": "https://example.org"}}),
    "task list": _doc(_block("taskList", _TASK, localId="2")),
    "decision list": _doc(_block("decisionList", _block("decisionItem", localId="1", state="DECIDED"), localId="2")),
    "panel (info, note, success, warning, error)": _doc(_block("panel", _TEXT, panelType="success")),
    "panel of one's own": _doc(_block("panel", _TEXT, panelType="custom")),
    "expand": _doc(_block("expand", _TEXT, title="b")),
    "attachment, where its address is known": _doc(
        _block("mediaSingle", _block("media", type="file", id="1", collection="", alt="a.png"), layout="center")
    ),
    "attachment, where it is not": _doc(
        _block("mediaGroup", _block("media", type="file", id="1", collection="", alt="secret.pdf"))
    ),
    "image with a border": _doc(
        _block(
            "mediaSingle",
            _block("media", type="external", url="https://example.org/a.png")
            | {"marks": [{"type": "border", "attrs": {"size": 1, "color": "#000000"}}]},
            layout="center",
        )
    ),
    "code wider than the text": _doc(
        _block("codeBlock", {"type": "text", "text": "a"})
        | {"marks": [{"type": "breakout", "attrs": {"mode": "wide"}}]}
    ),
    "table": _doc(_block("table", _block("tableRow", _block("tableHeader", _TEXT)))),
    "table with a header column": _doc(
        _block(
            "table",
            _block("tableRow", _block("tableHeader", _TEXT), _block("tableHeader", _TEXT)),
            _block("tableRow", _block("tableHeader", _TEXT), _block("tableCell", _TEXT)),
        )
    ),
    "table with merged cells": _doc(_block("table", _block("tableRow", _block("tableHeader", _TEXT, colspan=2)))),
    "list in a cell": _doc(
        _block("table", _block("tableRow", _block("tableHeader", _block("bulletList", _block("listItem", _TEXT)))))
    ),
    "columns": _doc(_block("layoutSection", _block("layoutColumn", _TEXT, width=50))),
    "block card": _doc(_block("blockCard", url="https://example.org")),
    "extension": _doc(_block("extension", extensionKey="k", extensionType="t", text="a chart")),
    "what is not known": _doc(_block("hologram", _TEXT)),
}


def markup_page() -> str:
    """The page."""
    context = Context(attachment={"a.png": "https://example.org/a.png"}.get)
    there = [
        f"| {name} | {_shown(text)} | {_kinds(made.content)} | {', '.join(made.losses)} |"
        for name, text in _MARKDOWN.items()
        for made in [to_adf(text, context)]
    ]
    back = [
        f"| {name} | {_shown(made.content)} | {', '.join(made.losses)} |"
        for name, document in _DOCUMENTS.items()
        for made in [to_markdown(document, context)]
    ]
    parts = [
        _HEAD,
        "## Markdown to Jira\n",
        "| what | for example | becomes | lost |\n|---|---|---|---|",
        *there,
        "\n## Jira to Markdown\n\nWhat the first table makes comes back as it was made. Beside that:\n",
        "| what | becomes | lost |\n|---|---|---|",
        *back,
    ]
    return "\n".join(parts) + "\n"


def _shown(text: str) -> str:
    """A text in a cell, its lines divided by a sign."""
    line = text if len(text) <= _LONGEST_SHOWN else f"{text[:12]}…"
    return "`` " + line.replace("\u2060", "").replace("\n", " ⏎ ").replace("|", "\\|") + " ``"


def _kinds(document: dict[str, Any]) -> str:
    found = dict.fromkeys(_walked(document["content"]))
    return ", ".join(f"`{kind}`" for kind in found if kind not in {"text", "paragraph"}) or "text"


def _walked(nodes: list[dict[str, Any]]) -> Iterator[str]:
    for node in nodes:
        yield str(node["type"])
        yield from (str(mark["type"]) for mark in node.get("marks", []))
        yield from _walked(node.get("content", []))
