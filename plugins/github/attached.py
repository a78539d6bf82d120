"""Files on GitHub, pure: addresses in texts that people uploaded to. There is no other list of them."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import unquote

from tierkeeper.plugins.model.attachment import Attachment

_FILE = re.compile(
    r"(?:\[(?P<label>[^\[\]\n]*)\]\(\s*|<img\b[^<>]*?\bsrc=[\"'])?"
    r"(?P<url>(?P<site>https?://[^/\s()<>\"']+)/(?:user-attachments|[\w.-]+/[\w.-]+)/(?:assets|files)/[\w./%~+-]*[\w%~+-])"
)


def files_in(text: str, url: str, *, at: datetime, by: str) -> tuple[Attachment, ...]:
    """The files of GitHub's own that a text leads to, each once; `url` is the text's own address."""
    if "/assets/" not in text and "/files/" not in text:
        return ()
    site = "/".join(url.split("/", 3)[:3])
    return tuple({one.id: one for one in _found(text, site, at, by)}.values())


def _found(text: str, site: str, at: datetime, by: str) -> Iterator[Attachment]:
    for found in _FILE.finditer(text):
        if found["site"].casefold() == site.casefold():
            last = unquote(found["url"].rpartition("/")[2])
            label = (found["label"] or "").strip()
            name = last if "." in last else label or last
            yield Attachment(id=found["url"], name=name, created=at.astimezone(UTC), by=by, url=found["url"])
