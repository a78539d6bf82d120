"""Pages for people: `/` is the board, a sheet for each issue is below `/_pages/issue/`.

They show everything that the sandbox holds, to whoever opens them on this machine. No request for a page is logged,
limited or befallen by faults, and none changes anything.
"""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple
from urllib.parse import parse_qs, quote, unquote, urlencode

from tierkeeper.plugins.sandbox.clock import Clock
from tierkeeper.plugins.sandbox.elements import Html, joined, moment, tag, text
from tierkeeper.plugins.sandbox.sheets import Board, Card, Entry, Label, Person, Sheet, Source
from tierkeeper.plugins.sandbox.style import STYLE
from tierkeeper.plugins.sandbox.wire import Answer, Raw

PATH = "/_pages/"
TIER = "tier:"
MOST_CARDS = 60
"""Cards in a column, unless all are asked for."""

HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_CHIPS = ("flag:", "sla:")
_LOOPBACK = frozenset({"", "127.0.0.1", "localhost", "[::1]"})


class View(NamedTuple):
    """What a reader asked for: a place, whose acts to mark besides the usual, and whether to show every card."""

    place: str
    own: str
    every: bool

    def to(self, path: str, **query: str) -> str:
        """Return a link to another page that marks the same acts."""
        asked = {**query, **({"own": self.own} if self.own else {})}
        return f"{path}?{urlencode(asked)}" if asked else path


class Pages:
    """The pages of a sandbox.

    `own` are the accounts whose acts are marked as Tierkeeper's; a page marks more with `?own=ONE,OTHER`. `tiers` are
    the names of tiers whose columns come first, in this order; the others follow in the platform's own.
    """

    def __init__(self, source: Source, clock: Clock) -> None:
        self._source = source
        self._clock = clock
        self.own = {"tierkeeper"}
        self.tiers: list[str] = []

    @staticmethod
    def takes(raw: Raw) -> bool:
        """Whether a request is for a page: `/` is one only for a browser, which asks for HTML."""
        if raw.path == "/":
            return raw.method == "GET" and "text/html" in raw.headers.get("accept", "")
        return raw.path.startswith(PATH)

    def answer(self, raw: Raw) -> Answer:
        """Answer a request for a page."""
        query = parse_qs(raw.query)
        asked = {name: query.get(name, [""])[-1] for name in ("in", "own", "all")}
        view = View(asked["in"], asked["own"], bool(asked["all"]))
        answer = Answer(headers=dict(HEADERS))
        if _host(raw) not in _LOOPBACK:
            answer.status, shown = 421, self._refusal(view, "Not this address", "Open it by its loopback address.")
        elif raw.method != "GET":
            answer.status, shown = 405, self._refusal(view, "Only to look at", "These pages change nothing.")
        else:
            found = self._find(raw.path, view)
            answer.status = 404 if found is None else 200
            shown = found or self._refusal(view, "Nothing here", "There is no such issue, repository or project.")
        answer.body = f"<!doctype html>\n{shown}\n".encode()
        return answer

    def _find(self, path: str, view: View) -> Html | None:
        """Return the page of a path."""
        if path == "/":
            places = self._source.places()
            place = view.place or next(iter(places), "")
            if place in places:
                return self._board(self._source.board(place), view)
            return None if place else self._layout(view, "Board", tag("h1", "Nothing here yet"))
        kind, *segments = [unquote(segment) for segment in path.removeprefix(PATH).split("/")]
        sheet = self._source.sheet(segments) if kind == "issue" else None
        return None if sheet is None else self._sheet(sheet, view)

    def _layout(self, view: View, title: str, *content: str) -> Html:
        """A whole page."""
        name = f"{self._source.platform} sandbox"
        head = tag(
            "head",
            tag("meta", charset="utf-8"),
            tag("title", f"{title} · {name}"),
            tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
            tag("link", rel="icon", href="data:,"),
            tag("style", Html(STYLE)),
        )
        clock = tag("p", "Its clock: ", moment(self._clock.now), " UTC", class_="clock soft")
        top = tag("header", tag("p", tag("a", name, href=view.to("/"))), clock, class_="top")
        whole = (
            "A sandbox on this machine, reached from this machine only: these pages show everything in it, private "
            "repositories and projects too. Times are UTC."
        )
        return tag("html", head, tag("body", top, tag("main", *content), tag("footer", whole)), lang="en")

    def _refusal(self, view: View, title: str, words: str) -> Html:
        back = tag("a", "To the board", href=view.to("/"))
        return self._layout(view, title, tag("h1", title), tag("p", words), tag("p", back))

    def _board(self, board: Board, view: View) -> Html:
        names: dict[str, str] = {}
        for name in (*self.tiers, *board.tiers):
            names.setdefault(name.lower(), name)
        held: dict[str, list[Card]] = {}
        for card in board.cards:
            for tier in dict.fromkeys(_tiers(card.labels) or [""]):
                held.setdefault(tier, []).append(card)
        columns = [(name, held.get(tier, [])) for tier, name in names.items()]
        columns.append(("no tier", held.get("", [])))
        summary = f"{len(board.cards)} open, {board.closed} closed"
        return self._layout(
            view,
            board.place,
            self._chooser(board.place, view),
            tag("h1", tag("bdi", board.place)),
            tag("p", summary, class_="summary soft"),
            tag("div", *(self._column(name, cards, view, board.place) for name, cards in columns), class_="board"),
        )

    def _chooser(self, place: str, view: View) -> Html:
        """Links to all places, if there are several."""
        places = self._source.places()
        if len(places) < 2:  # noqa: PLR2004 - no choice
            return Html("")
        links = [
            tag("a", one, href=view.to("/", **{"in": one}), aria_current="page" if one == place else None)
            for one in places
        ]
        return tag("nav", tag("ul", *(tag("li", one) for one in links), class_="places"), aria_label="Boards")

    @staticmethod
    def _column(name: str, cards: Sequence[Card], view: View, place: str) -> Html:
        heading = tag("h2", tag("bdi", name), " ", tag("span", str(len(cards)), class_="count"))
        shown = cards if view.every else cards[:MOST_CARDS]
        more = Html("")
        if len(shown) < len(cards):
            every = view.to("/", **{"in": place, "all": "1"})
            more = tag("p", tag("a", f"and {len(cards) - len(shown)} more", href=every), class_="soft")
        listed = tag("ul", *(_card(card, view, name) for card in shown)) if shown else tag("p", "None.", class_="soft")
        return tag("section", heading, listed, more, class_="column")

    def _sheet(self, sheet: Sheet, view: View) -> Html:
        state = tag("span", sheet.state, class_=f"badge {'open' if sheet.is_open else 'closed'}")
        board = tag("a", sheet.place, href=view.to("/", **{"in": sheet.place}))
        facts = [joined(tag("dt", name), tag("dd", value)) for name, value in sheet.facts]
        opened = Entry(sheet.created, sheet.by, text("opened this"), sheet.body)
        return self._layout(
            view,
            f"{sheet.key} {sheet.title}",
            tag("h1", tag("bdi", sheet.title)),
            tag("p", state, " ", board, " · ", sheet.key, class_="summary"),
            tag(
                "div",
                tag("dl", *facts, class_="facts"),
                tag(
                    "div",
                    tag("h2", "Description"),
                    self._said(opened, view),
                    tag("h2", "History"),
                    tag("ol", *(self._entry(one, view) for one in sheet.entries), class_="history"),
                    class_="told",
                ),
                class_="sheet",
            ),
        )

    def _entry(self, entry: Entry, view: View) -> Html:
        """One comment or event of a history."""
        kind = "event" if entry.body is None else "comment"
        shown = self._line(entry, view) if entry.body is None else self._said(entry, view)
        return tag("li", shown, class_=f"{kind} own" if self._is_own(entry.by, view) else kind)

    def _said(self, entry: Entry, view: View) -> Html:
        return tag(
            "article",
            tag("header", self._line(entry, view)),
            tag("div", entry.body or tag("p", "No text.", class_="soft"), class_="prose"),
            class_="said",
        )

    def _line(self, entry: Entry, view: View) -> Html:
        """Who did what, and when."""
        badge = joined(tag("span", "Tierkeeper", class_="badge own"), " ") if self._is_own(entry.by, view) else Html("")
        notes = [joined(" ", tag("span", note, class_="badge note")) for note in entry.notes]
        edited = tag("span", " · edited", class_="soft") if entry.edited else Html("")
        who = tag("b", tag("bdi", entry.by.shown))
        return tag("span", badge, who, " ", entry.said, " ", moment(entry.at), edited, *notes)

    def _is_own(self, person: Person, view: View) -> bool:
        own = {name.strip().lower() for name in (*self.own, *view.own.split(",")) if name.strip()}
        return any(name.lower() in own for name in person.names)


def _host(raw: Raw) -> str:
    """The name that the reader called this machine by: a web site's own name must not open its pages."""
    return re.sub(r":\d+$", "", raw.headers.get("host", "")).lower()


def _tiers(labels: Iterable[Label]) -> list[str]:
    return [label.name[len(TIER) :].lower() for label in labels if is_tier(label.name)]


def is_tier(label: str) -> bool:
    """Whether a label names a tier."""
    return len(label) > len(TIER) and label.lower().startswith(TIER)


def _card(card: Card, view: View, column: str) -> Html:
    owners = ", ".join(card.owners) or "no owner"
    others = [
        label for label in card.labels if is_tier(label.name) and label.name[len(TIER) :].lower() != column.lower()
    ]
    marks = [label for label in card.labels if label.name.lower().startswith(_CHIPS)]
    title = tag("a", tag("bdi", card.title), href=view.to(f"{PATH}issue/{quote(card.path)}"))
    shown = chips([*others, *marks])
    parts = (tag("p", card.key, class_="soft"), tag("h3", title), tag("p", owners, class_="soft"), shown)
    return tag("li", *parts, class_="card")


def chip(label: Label) -> Html:
    """A label."""
    family = label.name.lower().partition(":")[0] if ":" in label.name else ""
    kind = f"chip {family}" if family in {"flag", "sla", "tier"} else "chip"
    is_color = len(label.color) == 6 and all(one in "0123456789abcdefABCDEF" for one in label.color)  # noqa: PLR2004 - RRGGBB
    dot = tag("i", style=f"background:#{label.color}") if is_color and family not in {"flag", "sla"} else Html("")
    return tag("span", dot, tag("bdi", label.name), class_=kind)


def chips(labels: Iterable[Label]) -> Html:
    """Labels in a row, or nothing."""
    shown = [tag("li", chip(label)) for label in labels]
    return tag("ul", *shown, class_="chips") if shown else Html("")
