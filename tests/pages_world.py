"""What tests of pages share: a browser's way to ask, and a reader of what it gets."""

from html.parser import HTMLParser

import requests

from tierkeeper.plugins.sandbox.server import Sandbox

HTML = "text/html,application/xhtml+xml,*/*;q=0.8"
HOSTILE = "<script>alert('x')</script>\"'&</style><img src=x onerror=alert(1)>"


def page(box: Sandbox, path: str, status: int = 200, **headers: str) -> str:
    """Ask as a browser does, and return the page."""
    answer = requests.get(box.url + path, headers={"Accept": HTML, **headers}, timeout=10)
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    return answer.text


def columns(text: str) -> dict[str, str]:
    """Return a board's columns by name."""
    parts = text.split('<section class="column">')[1:]
    return {part.partition("<bdi>")[2].partition("</bdi>")[0]: part for part in parts}


class Elements(HTMLParser):
    """The elements and attributes of a page, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str]] = set()
        self.words = ""
        self._in_style = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self._in_style = tag == "style"
        self.attributes |= {(name, value or "") for name, value in attrs}

    def handle_data(self, data: str) -> None:
        self.words += "" if self._in_style else data
