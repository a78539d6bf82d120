"""Our own Markdown as Atlassian's document format: the one text that may call people."""

from collections.abc import Mapping

from tierkeeper.plugins.markup.context import Context, Mention, Node
from tierkeeper.plugins.markup.conversion import to_adf as converted

_LONGEST = 10_000_000
"""Whoever sends a text has cut it before: they say so in words of their own."""


def to_adf(text: str, names: Mapping[str, str] | None = None) -> Node:
    """Markdown as a document. ``@account`` becomes a mention; `names` gives the names shown for accounts."""
    shown = names or {}

    def person(account: str) -> Mention:
        return Mention(account, shown.get(account, account))

    return converted(text, Context(person=person, longest=_LONGEST)).content
