"""What an issue and its twin say of each other."""

from datetime import UTC, datetime

import pytest

from tierkeeper.plugins.markup.keys import keys_in
from tierkeeper.plugins.model.case import Case
from tierkeeper.plugins.model.desk import Desk, Tier
from tierkeeper.plugins.model.issue import Ref
from tierkeeper.plugins.model.mirror import Twin
from tierkeeper.rules.status_comment import status_comment, twin_status

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
DESK = Desk(name="Desk", tiers=(Tier(name="support"), Tier(name="development")))
TWIN = Twin(
    where="development", shown="example/webapp#7", url="https://github.com/example/webapp/issues/7", key="d:m:w:7"
)


def case(twin: Twin | None = None, *, is_open: bool = True, **facets: str) -> Case:
    return Case(
        ref=Ref("desk", "1", "HELP-1"),
        tracker="jira",
        title="Export fails",
        body="",
        url="https://example.org/browse/HELP-1",
        created=NOW,
        now=NOW,
        open=is_open,
        reporter="key-user-1",
        reporter_kind="human",
        lowest_tier="support",
        facets={"tier": "development", **facets},
        twin=twin,
    )


@pytest.mark.parametrize(
    ("twin", "is_open", "line"),
    [
        (None, True, ""),
        (Twin(where="development"), True, "Twin in development: none yet"),
        (Twin(where="development"), False, ""),
        (TWIN, True, "Twin in development: [example/webapp\\#7](https://github.com/example/webapp/issues/7)"),
        (TWIN, False, "Twin in development: [example/webapp\\#7](https://github.com/example/webapp/issues/7)"),
    ],
)
def test_the_source_says_where_its_twin_is(twin: Twin | None, is_open: bool, line: str) -> None:
    said = [part for part in status_comment(case(twin, is_open=is_open), (), DESK).split("\n\n") if "Twin" in part]
    assert said == ([line] if line else [])


def test_a_link_that_ended_is_said_and_found_no_more() -> None:
    ended = Twin(where="development", shown="DEV-7", url="https://e/browse/DEV-7", ended="let go on 23 Nov 2026")
    said = status_comment(case(ended), (), DESK)
    assert said.endswith(
        "Twin in development: [DEV-7](https://e/browse/DEV-7); no longer linked: let go on 23 Nov 2026"
    )
    assert keys_in(said) == frozenset()


def test_the_twin_says_how_its_source_stands_and_names_nobody() -> None:
    here = Twin(where="", shown="HELP-1", url="https://e/browse/HELP-1", key="d:m:desk:1")
    said = twin_status(case(due="2026-11-24"), DESK, here)
    assert said.split("\n\n")[:2] == [
        "Twin of [HELP-1](https://e/browse/HELP-1)",
        "**With development** · due 2026-11-24",
    ]
    assert keys_in(said) == {"d:m:desk:1"}
    assert twin_status(case(is_open=False), DESK, here).split("\n\n")[1] == "**Closed**"
    assert twin_status(case(), DESK, Twin(where="", key="d:m:desk:1")).startswith("**With development**")
