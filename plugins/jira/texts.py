"""Our text as documents that Jira takes: not too long, with our own property beside it."""

from typing import Any

from tierkeeper.plugins.jira.convert import INTERNAL, MARKER
from tierkeeper.plugins.markup.adf import to_adf
from tierkeeper.plugins.markup.context import Context, content_of
from tierkeeper.plugins.markup.conversion import to_markdown
from tierkeeper.plugins.markup.keys import without_keys
from tierkeeper.plugins.markup.text import digest
from tierkeeper.plugins.model.change import LinkTo

LONGEST_TEXT = 32_767
LONGEST_TITLE = 255
_WHOLE = Context(longest=10_000_000)
_CUT = "\n\n*(cut here: Jira takes no more than 32,767 characters)*"


def document(text: str) -> dict[str, Any]:
    """The text as a document; cut, visibly, where Jira would not take it."""
    if len(text) > LONGEST_TEXT:
        text = _closed(text[: LONGEST_TEXT - len(_CUT) - len("\n```")]) + _CUT
    return to_adf(text)


def renewed(text: str, known: Any) -> dict[str, Any]:
    """The text as a document in place of a known one: blocks that read as they did stay what they were.

    So what people wrote around our part keeps what Markdown cannot say: mentions, statuses, files.
    """
    made = document(text)
    before = {_read(block): block for block in content_of(known)} if isinstance(known, dict) else {}
    return {**made, "content": [before.get(_read(block), block) for block in content_of(made)]}


def _read(block: dict[str, Any]) -> str:
    return to_markdown({"type": "doc", "version": 1, "content": [block]}, _WHOLE).content


def _closed(text: str) -> str:
    """The text with its last code block closed, so that what follows is read as text."""
    fences = [line for line in text.splitlines() if line.lstrip().startswith("```")]
    return f"{text}\n```" if len(fences) % 2 else text


def title(text: str) -> str:
    """One line that Jira takes as a summary."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_TITLE else f"{line[: LONGEST_TITLE - 1]}…"


def comment_body(text: str, marker: str, *, internal: bool) -> dict[str, Any]:
    """A comment to be sent: its document, and the properties that say whose it is and who may read it."""
    properties: list[dict[str, Any]] = [{"key": MARKER, "value": {"key": marker, "source": digest(text)}}]
    properties.append({"key": INTERNAL, "value": {"internal": internal}})
    return {"body": document(without_keys(text)), "properties": properties}


def remote_link(change: LinkTo) -> dict[str, Any]:
    """A link to a thing elsewhere: Jira tells by `globalId` whether it has it already."""
    return {
        "globalId": change.key,
        "application": {"type": "org.tierkeeper", "name": "Tierkeeper"},
        "relationship": "mirrors",
        "object": {"url": change.url, "title": change.title},
    }


def same_text(one: Any, other: Any) -> bool:
    """Whether two documents say the same."""
    return _words(one) == _words(other)


def _words(shown: Any) -> list[str]:
    return to_markdown(shown, _WHOLE).content.split()
