"""A mirror from one site to another one of the same kind, where places, keys and accounts may have the same names."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from mirror_world import OWN, START, GitHubEnd, JiraEnd, MirrorWorld, mirror_world

from tierkeeper.plugins.github.sandbox import GitHubSandbox
from tierkeeper.plugins.jira.sandbox import JiraSandbox

BOXES: dict[str, Any] = {"github": GitHubSandbox, "jira": JiraSandbox}
RULES = "{PO03: {mode: enforce, roles: {priority: [support]}}}"


@pytest.fixture(params=["jira", "github"])
def world(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MirrorWorld]:
    """Development has a site of its own; there dev-1 is called as support-1 is on the desk's site, and back."""
    kind = request.param
    with mirror_world(f"{kind}-{kind}", tmp_path) as there, BOXES[kind](port=0, now=START) as other:
        for login in (OWN, "key-user-1", "support-1", "dev-1", "dev-2"):
            more = {} if kind == "github" else {"time_zone": "Etc/UTC"}
            other.store.add_user(login, token=f"t-{login}", **more)
        if kind == "github":
            other.store.add_organization("example", members=[OWN, "support-1", "dev-1", "dev-2", "key-user-1"])
        there.dev = GitHubEnd(other, "example/help") if kind == "github" else JiraEnd(other, "HELP")
        there.dev.queue = there.dev.queue.replace(f"tracker: {kind}", "tracker: second")
        there.rules = RULES
        prefix = "acc-" if kind == "jira" else ""
        mail = f", email: {OWN}@example.org" if kind == "jira" else ""
        text = there.policy_text().replace(
            "queues:\n", f'  second: {{plugin: {kind}, url: "{other.url}"{mail}}}\nqueues:\n', 1
        )
        for name, known_as in (("support-1", "dev-1"), ("dev-1", "support-1")):
            here = f"  {name}: {{{kind}: {prefix}{name}"
            assert here in text
            text = text.replace(here, f"{here}, second: {prefix}{known_as}")
        text = text.replace("  leads: {people: [dev-1]}\n", "")
        monkeypatch.setattr(there, "policy_text", lambda: text)
        later = there.later
        monkeypatch.setattr(there, "later", lambda seconds=61: (later(seconds), other.advance(seconds=seconds)))
        yield there


def test_a_pair_of_two_sites_stays_in_step_and_people_are_who_they_are(world: MirrorWorld) -> None:
    body = "As in HELP-1 and #1."
    issue = world.desk.report("key-user-1", "Export fails", body, ("tier:development", "priority:high"))
    world.later()
    world.run_quiet()
    (twin,) = world.dev.issues()
    home = "/browse/HELP-1" if isinstance(world.desk, JiraEnd) else "/example/help/issues/1"
    assert f"]({world.desk.box.url}{home})" in twin.text.split("As in")[1]
    world.dev.comment("support-1", twin.id, "Seen here, too.")
    world.dev.label("support-1", twin.id, "priority:low")  # dev-1 is called so on the other site, and may not
    world.dev.unlabel("support-1", twin.id, "priority:high")
    world.later()
    world.run_quiet()
    (source,), (twin,) = world.desk.issues(), world.dev.issues()
    assert [text for by, text in source.comments if by == OWN and "Seen here, too." in text]
    assert "priority:high" in source.labels & twin.labels
    world.dev.label("dev-1", twin.id, "priority:urgent")  # and this is support-1
    world.dev.unlabel("dev-1", twin.id, "priority:high")
    world.dev.rename("dev-1", twin.id, "Export stops")
    world.later()
    world.run_quiet()
    (source,), (twin,) = world.desk.issues(), world.dev.issues()
    assert (source.id, source.title, twin.title) == (issue, "Export stops", "Export stops")
    assert "priority:urgent" in source.labels & twin.labels
