"""Laws over random human acts with cycles between them, through the real client against the sandbox."""

import tempfile
from datetime import datetime
from pathlib import Path

import requests
from desk_world import OWN, REPO, World, world
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tierkeeper.rules.reading import CLAIM_TIME

TIERS = ("key-users", "help-desk", "support", "development")
ACTORS = ("key-user-1", "user-2", "help-desk-1", "support-1", "dev-1", "release-bot", "ci-bot", "ghost-1")
BOTS = ("release-bot", "ci-bot")

acts = st.lists(
    st.one_of(
        st.tuples(st.just("hand"), st.sampled_from(ACTORS), st.sampled_from(TIERS)),
        st.tuples(st.just("insist"), st.sampled_from(ACTORS), st.sampled_from(TIERS)),
        st.tuples(st.just("add"), st.sampled_from(ACTORS), st.sampled_from(TIERS)),
        st.tuples(st.just("drop"), st.sampled_from(ACTORS), st.sampled_from(TIERS)),
        st.tuples(st.just("say"), st.sampled_from(ACTORS[:5]), st.sampled_from(TIERS)),
        st.tuples(st.just("wait"), st.just(""), st.sampled_from(("5", "61", "400"))),
        st.tuples(st.just("cycle"), st.just(""), st.just("")),
        st.tuples(st.just("forget"), st.just(""), st.just("")),
    ),
    min_size=3,
    max_size=14,
)


def play(desk: World, number: int, act: tuple[str, str, str]) -> None:
    verb, who, what = act
    if verb == "wait":
        desk.later(float(what))
    elif verb == "cycle":
        assert desk.cycle().problems == []
    elif verb == "forget":
        desk.ledger_path.unlink(missing_ok=True)
        desk.cycle()
    elif verb == "say":
        desk.says(who, number, f"/handover {what} because")
    elif verb == "insist":
        for _ in range(3):
            desk.hands(who, number, what)
            desk.later()
            assert desk.cycle().problems == []
    elif verb == "hand":
        desk.hands(who, number, what)
    elif verb == "add":
        desk.labels_issue(who, number, f"tier:{what}")
    elif f"tier:{what}" in desk.labels(number):
        desk.unlabels(who, number, f"tier:{what}")


def tier_events(desk: World, number: int) -> list[tuple[str, str, str, bool]]:
    """Who put which tier label on or off, oldest first, from the tracker itself; and whether with the report."""
    url = f"{desk.box.url}/repos/{REPO}/issues/{number}/events?per_page=100"
    found = requests.get(url, headers={"Authorization": "Bearer t-desk-leader"}, timeout=10).json()
    until = datetime.fromisoformat(desk.call(OWN, "GET", f"/issues/{number}")["created_at"]) + CLAIM_TIME
    who = [event["actor"]["login"] if event["actor"] else "" for event in found]
    return [
        (by, event["event"], event["label"]["name"], datetime.fromisoformat(event["created_at"]) <= until)
        for by, event in zip(who, found, strict=True)
        if event["event"] in {"labeled", "unlabeled"} and event["label"]["name"].startswith("tier:")
    ]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(acts, st.booleans())
def test_the_second_run_is_empty_nobody_is_fought_and_no_bot_or_unknown_actor_is_judged(
    story: list[tuple[str, str, str]], commands: bool
) -> None:
    story = [act for act in story if commands or act[0] not in {"say", "forget"}]
    with tempfile.TemporaryDirectory() as folder, world(Path(folder)) as desk:
        desk.box.store.add_user("ghost-1", token="t-ghost-1")
        desk.box.store.set_permission(REPO, "ghost-1", "triage")
        number = desk.reports("key-user-1", "Export fails", ("instance:berlin-01",))
        desk.cycle()
        for act in story:
            play(desk, number, act)
        desk.later()
        desk.cycle()
        desk.later()
        desk.run_quiet(patience=5)
        desk.later(3600)
        desk.run_quiet(patience=5)
        statuses = [body for body in desk.comments(number) if "tierkeeper:status" in body]
        assert len(statuses) <= 1
        assert len(desk.tier(number)) <= 1
        assert_nobody_was_fought(desk, number, commands=commands)


def assert_nobody_was_fought(desk: World, number: int, *, commands: bool) -> None:
    """What a person set again after we took it off stays; what a bot set last is never taken off."""
    last_set, setter, put_back, claimed = "", "", "", False
    for who, kind, label, early in tier_events(desk, number):
        if who != OWN:
            if kind == "labeled":
                put_back = put_back if label == put_back else ""
                last_set, setter, claimed = label, who, early and who == "key-user-1"
            elif label == last_set:
                put_back = ""
        elif kind == "labeled":
            continue
        elif label == last_set and not commands:
            assert setter not in BOTS, f"{label}, set by {setter}, was taken off"
            assert label != put_back, f"{label} was taken off twice"
            put_back = label if not claimed else ""  # what came with the report is routed, and nobody's act is refused
