"""The pages as a browser shows them: on a phone and on a desk, by day and by night, with nothing from elsewhere."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jira_world
import pytest
import sandbox_world
from browser import NAMES, Page, browser, found
from jira_world import doc
from sandbox_world import REPO

SCREENS = ((390, 844), (1280, 900))
LONG = "Averylongwordwithoutanyplacetobreak" * 8
TABLE = "| when | from | to | by | with |\n|---|---|---|---|---|\n| now | help desk | support | help-desk-1 | words |"
PROGRAM = found()

pytestmark = pytest.mark.skipif(PROGRAM is None, reason=f"no Chromium on the PATH ({', '.join(NAMES)})")


@pytest.fixture(scope="module")
def screen() -> Iterator[Page]:
    assert PROGRAM is not None
    with browser(PROGRAM) as page:
        yield page


def fill_github(there: sandbox_world.World) -> None:
    store = there.store
    store.create_issue(
        REPO, "key-user-1", f"Login loops {LONG}", f"Since {LONG}\n\n    {LONG}", labels=["tier:support"]
    )
    store.add_labels(REPO, 1, [f"flag:{LONG[:45]}"], "tierkeeper")
    store.comment(REPO, 1, "tierkeeper", f"**With support**\n\n{TABLE}\n\n![x](https://example.org/x.png)")
    store.create_issue(REPO, "key-user-1", "Export fails")


def fill_jira(there: jira_world.World) -> None:
    store = there.store
    labels = ["tier:support", f"flag:{LONG}"]
    store.create_issue("HELP", "key-user-1", f"Login loops {LONG}", description=doc(LONG), labels=labels)
    store.add_label("HELP-1", "tierkeeper", LONG)
    store.comment("HELP-1", "tierkeeper", f"With support {LONG}")


def luminance(color: str) -> float:
    """Return how light a colour is, as WCAG counts it."""
    parts = [int(one) / 255 for one in color[color.index("(") + 1 : -1].split(",")[:3]]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


CONTRAST = """[...document.querySelectorAll('h1,h2,h3 a,.soft,.chip,.badge,.event b,time,footer,dd,a')].map(one => {
  let back = one, none = 'rgba(0, 0, 0, 0)', color = none;
  for (; back && color == none; back = back.parentElement) color = getComputedStyle(back).backgroundColor;
  return [one.outerHTML.slice(0, 80), getComputedStyle(one).color, color] })"""


def unreadable(page: Page) -> list[Any]:
    """Return the texts whose contrast with what is behind them is less than 4.5."""
    shown = []
    for what, *colors in page.value(CONTRAST):
        dark, light = sorted(map(luminance, colors))
        if (light + 0.05) / (dark + 0.05) < 4.5:
            shown.append((what, colors))
    return shown


def look(page: Page, url: str, target: Path) -> list[str]:
    """Look at a page on every screen; return its text on each."""
    texts = []
    for width, height in SCREENS:
        for dark in (False, True):
            page.show(url, width, height, dark=dark)
            assert page.value("innerWidth") == width
            assert page.value("document.documentElement.scrollWidth") <= width
            assert unreadable(page) == []
            background = page.value("getComputedStyle(document.body).backgroundColor")
            assert (luminance(background) < 0.2) is dark
            picture = target / f"{width}-{dark}.png"
            page.picture(picture)
            assert int.from_bytes(picture.read_bytes()[16:20]) == width
            texts.append(page.value("document.body.innerText"))
    return texts


def only_from(url: str, page: Page) -> bool:
    """Whether everything that was asked for was the sandbox's, or inside the page."""
    host = urlsplit(url).netloc
    return all(urlsplit(one).netloc == host or one.startswith("data:") for one in page.asked)


def test_github_pages_fit_a_phone_and_a_desk(screen: Page, tmp_path: Path) -> None:
    with sandbox_world.world() as there:
        fill_github(there)
        screen.asked.clear()
        for text in look(screen, f"{there.box.url}/", tmp_path):
            assert all(one in text for one in ("example/webapp", "support", "no tier", "Export fails"))
        assert screen.value("document.querySelectorAll('.column').length") == 2
        for text in look(screen, f"{there.box.url}/_pages/issue/{REPO}/1", tmp_path):
            assert all(one in text for one in ("Login loops", "Tierkeeper", "With support", "[image: x]"))
        bar = "getComputedStyle(document.querySelector('li.own')).borderLeft"
        assert screen.value(bar) != screen.value(bar.replace("li.own", "li:not(.own)"))
        assert only_from(there.box.url, screen)
        assert there.box.requests == []


def test_jira_pages_fit_a_phone_and_a_desk(screen: Page, tmp_path: Path) -> None:
    with jira_world.world() as there:
        fill_jira(there)
        screen.asked.clear()
        for text in look(screen, f"{there.box.url}/", tmp_path):
            assert all(one in text for one in ("HELP", "support", "no tier", "Login loops"))
        for text in look(screen, f"{there.box.url}/_pages/issue/HELP-1", tmp_path):
            assert all(one in text for one in ("Login loops", "Tierkeeper", "changed Labels", "With support"))
        assert only_from(there.box.url, screen)
        assert there.box.requests == []


def test_columns_stand_side_by_side_on_a_desk_and_below_each_other_on_a_phone(screen: Page) -> None:
    with sandbox_world.world() as there:
        fill_github(there)
        tops = "[...document.querySelectorAll('.column')].map(one => one.getBoundingClientRect().top)"
        screen.show(f"{there.box.url}/", 1280, 900)
        assert len(set(screen.value(tops))) == 1
        screen.show(f"{there.box.url}/", 390, 844)
        assert len(set(screen.value(tops))) == 2
