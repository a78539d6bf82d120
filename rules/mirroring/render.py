"""What a text of one side becomes on the other: nothing in it that may not cross, nobody called, its losses said.

A text is changed as little as possible: in place, where that is safe. Only one that is not, or that is too long, is
written anew from how it reads.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from tierkeeper.plugins.markup.context import Context, Node, attribute, content_of, kind_of, text_node
from tierkeeper.plugins.markup.conversion import to_adf, to_markdown
from tierkeeper.plugins.markup.links import clean_text, references, safe_address
from tierkeeper.plugins.markup.text import WORD_JOINER
from tierkeeper.rules.mirroring.neutral import neutral
from tierkeeper.rules.mirroring.redact import REDACTED, Redaction

_NO_END = 10_000_000
_NOT_TOLD = frozenset({"mention", "HTML comment", "cut"})
"""What is said in its place, or was never seen."""
_LAST = "Last line"
_LEADS_THERE = re.compile(
    r"!?\[((?:[^\[\]\n]|\[redacted\])*)\]\(<?(?:mailto:)?\[redacted\]>?(?: +(?:\"[^\"\n]*\"|'[^'\n]*'))?\)"
)
_NAMES = re.compile(r"\[redacted\](?=[:(\[])")
_OURS = re.compile(r"^([*_]*)(Mir|End of what is mir)(?=rored\b)", re.MULTILINE)


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """How texts of one issue are written for the other side.

    `people` are shown names by account, in lower case; `projects` what is put before a key, by its project, so that it
    is an address. `url` is the issue's own, `files` the addresses of its files by their names.
    """

    redaction: Redaction
    url: str = ""
    people: Mapping[str, str] = {}
    projects: Mapping[str, str] = {}
    files: Mapping[str, str] = {}

    @property
    def original(self) -> str:
        """Where the original is, if its readers may know."""
        return self.url if self.redaction(self.url) == self.url else ""

    def in_full(self) -> "Words":
        """The same where nothing is redacted."""
        return msgspec.structs.replace(self, redaction=Redaction(defaults=False))

    def reference(self, text: str) -> str | None:
        """What ``#12`` or ``ABC-7`` means at the source, if that may be known."""
        hash_url = f"{self.url.rpartition('/')[0]}/" if re.search(r"/issues/\d+$", self.url) else ""
        meant = f"#{text[3:]}" if hash_url and text.startswith("GH-") else text
        found = references(hash_url, self._key)(meant)
        return found if found and self.redaction(found) == found else None

    def _key(self, key: str) -> str | None:
        before = self.projects.get(key.rpartition("-")[0])
        return f"{before}{key}" if before else None

    def person(self, account: str) -> str | None:
        """The name of an account."""
        return self.people.get(account.casefold())

    def file(self, name: str) -> str | None:
        """The address of a file, if it may be known."""
        found = self.files.get(name)
        return found if found and self.redaction(found) == found else None

    def context(self, longest: int = _NO_END) -> Context:
        """The same for the converter."""
        return Context(
            person=self.person,
            reference=self.reference,
            attachment=self.file,
            longest=longest,
            original=self.original,
        )


class Form(msgspec.Struct, frozen=True):
    """What a side takes: at most so many characters, as Markdown or as Atlassian's documents."""

    longest: int = 65_536
    documents: bool = False


class Rendered(msgspec.Struct, frozen=True):
    """A text for the other side, and what it lost on the way."""

    text: str
    losses: tuple[str, ...] = ()

    def with_losses(self, original: str) -> str:
        """The text, and below it in one line what is not as it was."""
        if not self.losses:
            return self.text
        link = f" [The original]({original})" if original else ""
        return f"{self.text}\n\n*Not here as it was: {', '.join(self.losses)}.*{link}".strip("\n")


def markdown_of(body: str, document: str) -> str:
    """A text as Markdown that reads back the same, whatever the tracker keeps."""
    return _read(document, Context(longest=_NO_END))[0] if document else body


def render(body: str, document: str, words: Words, form: Form) -> Rendered:
    """A text of one side in the form of the other one."""
    before: tuple[str, ...] = ()
    if document:
        body, before = _read(document, words.context())
    body = _readable(words.redaction(clean_text(body)))
    found = _in_place(body, words, form) if len(body) <= form.longest else None
    if found is None or len(found.text) > form.longest:
        found = _anew(body, words, form)
    losses = [one for one in dict.fromkeys((*before, *found.losses)) if one not in _NOT_TOLD]
    text = _OURS.sub(rf"\1\2{WORD_JOINER}", words.redaction(found.text))
    return Rendered(text.strip("\n"), tuple(losses))  # blanks may be what makes code of a line


def _readable(text: str) -> str:
    """The text with what was taken out as words: neither a link, nor where one leads, nor what names one."""
    for _ in range(2):  # a picture may stand in a link
        text = _LEADS_THERE.sub(r"\1", text)
    return _NAMES.sub(REDACTED + WORD_JOINER, text)


def _read(document: str, context: Context) -> tuple[str, tuple[str, ...]]:
    try:
        read = to_markdown(msgspec.json.decode(document), context)
    except (msgspec.DecodeError, RecursionError):
        return "", ("a text nested too deeply to be read",)
    return read.content, read.losses


def _in_place(body: str, words: Words, form: Form) -> Rendered | None:
    """The text as it stood, made harmless; None where the parser then still finds what should not be there."""
    text = neutral(body, words.context())
    called: list[str] = []

    def person(account: str) -> None:
        called.append(account)

    read = to_adf(f"{text}\n\n{_LAST}", Context(person=person, longest=_NO_END))
    *blocks, last = read.content["content"]
    open_ended = last != {"type": "paragraph", "content": [text_node(_LAST)]}
    if called or open_ended or words.redaction.finds(_strings(blocks)):
        return None
    return Rendered(text, read.losses if form.documents else ())


def _anew(body: str, words: Words, form: Form) -> Rendered:
    """The text written from how it reads; cut where it is too long."""
    document = to_adf(body, words.context(form.longest))
    clean = _redacted(document.content, words.redaction)
    made = to_markdown(clean, words.context(form.longest))
    return Rendered(made.content, (*document.losses, *made.losses))


def _strings(nodes: list[Node]) -> Iterator[str]:
    """All that a reader, or a program, finds in these blocks: words over the borders of their marks, addresses."""
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        content = content_of(node)
        if any(kind_of(one) == "text" for one in content):
            yield _flat(content)
        for one in (node, *(mark for mark in node.get("marks", []) if isinstance(mark, dict))):
            yield from (value for value in one.get("attrs", {}).values() if isinstance(value, str))
        waiting += content


def _flat(content: list[Node]) -> str:
    return "".join(str(one.get("text", "")) if kind_of(one) == "text" else "\n" for one in content)


def _redacted(node: Node, redaction: Redaction) -> Node:
    """The same document without what never crosses; a block in which it stood over a border loses its marks."""
    made: dict[str, Any] = {**node}
    content = [_redacted(one, redaction) for one in content_of(node)]
    if content:
        flat = _flat(content)
        clean = redaction(flat)
        made["content"] = content if clean == flat else [text_node(clean)]
    if kind_of(node) == "text":
        made["text"] = redaction(str(node.get("text", "")))
        made["marks"] = [mark for mark in node.get("marks", []) if _stays(mark, redaction)]
    if isinstance(node.get("attrs"), dict):
        made["attrs"] = {
            name: redaction(value) if isinstance(value, str) else value for name, value in node["attrs"].items()
        }
    return made


def _stays(mark: Node, redaction: Redaction) -> bool:
    """Whether a mark may cross: a link that leads where nobody should know does not."""
    href = attribute(mark, "href")
    return redaction(href) == href and (not href or safe_address(href) is not None)
