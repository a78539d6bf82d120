"""Files cross once: copied to Jira, named with a link on GitHub, and never what not everybody may have. Over HTTP."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from mirror_ends import files_in
from mirror_world import OWN, MirrorWorld, mirror_world

from tierkeeper.plugins.errors import PolicyError
from tierkeeper.plugins.jira.texts import document
from tierkeeper.sync.ledger import Ledger

SHOT = b"\x89PNG" + bytes(range(256)) * 300


@pytest.fixture
def world(tmp_path: Path) -> Iterator[MirrorWorld]:
    """From one Jira project to another."""
    with mirror_world("jira-jira", tmp_path) as there:
        yield there


@pytest.fixture
def up(tmp_path: Path) -> Iterator[MirrorWorld]:
    """From a Jira project to a GitHub repository."""
    with mirror_world("jira-github", tmp_path) as there:
        yield there


def report(world: MirrorWorld, body: str = "It stops.") -> str:
    return str(world.desk.report("key-user-1", "Export fails", body, ("tier:development",)))


def recorded(world: MirrorWorld) -> list[str]:
    """What the record says of files on twins."""
    with Ledger.open(world.ledger_path, desk=world.policy().desk.name) as ledger:
        return [act.what for act in ledger.acts() if act.what.startswith("twin files")]


def uploads(world: MirrorWorld) -> int:
    return sum(method == "POST" and path.endswith("/attachments") for method, path in world.writes())


def test_a_file_is_copied_once_with_its_twin_and_later(world: MirrorWorld) -> None:
    issue = report(world)
    world.jira.store.add_file(issue, "key-user-1", "shot.png", SHOT)
    world.run_quiet()
    assert files_in(world.dev) == [(OWN, "shot.png", SHOT)]
    world.jira.store.add_file(issue, "support-1", "log.txt", b"late")
    world.later()
    world.run_quiet()
    assert files_in(world.dev) == [(OWN, "shot.png", SHOT), (OWN, "log.txt", b"late")]
    assert uploads(world) == 2
    assert recorded(world) == ["twin files + shot.png", "twin files + log.txt"]
    (twin,) = world.dev.issues()
    assert "opied" not in twin.text


def test_a_file_of_the_same_name_is_another_one_and_one_of_the_same_content_is_not(world: MirrorWorld) -> None:
    issue = report(world)
    first = world.jira.store.add_file(issue, "key-user-1", "shot.png", SHOT)
    world.jira.store.add_file(issue, "key-user-1", "again.png", SHOT)
    world.run_quiet()
    assert files_in(world.dev) == [(OWN, "shot.png", SHOT)]
    world.jira.store.delete_file(first, "key-user-1")
    world.jira.store.add_file(issue, "key-user-1", "shot.png", b"other")
    world.later()
    world.run_quiet()
    assert [(name, content) for _, name, content in files_in(world.dev)] == [("shot.png", SHOT), ("shot.png", b"other")]
    assert uploads(world) == 2


def test_a_copy_goes_with_its_original_and_files_of_people_stay(world: MirrorWorld) -> None:
    issue = report(world)
    file = world.jira.store.add_file(issue, "key-user-1", "shot.png", SHOT)
    world.run_quiet()
    (twin,) = world.dev.issues()
    world.jira.store.add_file(twin.id, "dev-1", "ours.txt", b"of development")
    world.jira.store.delete_file(file, "key-user-1")
    world.later()
    world.run_quiet()
    assert files_in(world.dev) == [("dev-1", "ours.txt", b"of development")]
    assert recorded(world)[-1] == "twin files - shot.png"
    assert [name for _, name, _ in files_in(world.desk)] == []


def test_a_copy_that_people_delete_does_not_come_again(world: MirrorWorld) -> None:
    issue = report(world)
    world.jira.store.add_file(issue, "key-user-1", "shot.png", SHOT)
    world.run_quiet()
    (copy,) = [one for one in world.jira.store.data.files.values() if one.author == f"acc-{OWN}"]
    world.jira.store.delete_file(copy.id, "dev-1")
    world.desk.rename("support-1", issue, "Export stops")
    world.later()
    world.run_quiet()
    assert files_in(world.dev) == []


def test_a_file_that_is_too_large_is_named_with_its_reason(world: MirrorWorld) -> None:
    world.jira.settings.upload_limit = 1_000
    issue = report(world)
    world.jira.store.add_file(issue, "key-user-1", "shot.png", SHOT)
    world.run_quiet()
    assert (files_in(world.dev), uploads(world)) == ([], 0)
    (twin,) = world.dev.issues()
    assert "Not copied:" in twin.text
    assert "shot.png" in twin.text
    assert "77 kB): files of up to 1,000 bytes are copied" in twin.text


def test_a_file_costs_two_requests_and_an_issue_without_one_none(world: MirrorWorld) -> None:
    issue = report(world)
    world.run_quiet()

    def asked() -> int:
        world.later(600)
        before = len(world.jira.requests)
        world.run()
        return len(world.jira.requests) - before

    world.desk.rename("support-1", issue, "Export stops")
    without = asked()
    asked()
    world.desk.rename("support-1", issue, "Export stops again")
    world.jira.store.add_file(issue, "key-user-1", "shot.png", SHOT)
    assert asked() <= without + 2 + 1  # and once a day how large one may be


def test_names_are_redacted_on_the_copy(world: MirrorWorld) -> None:
    issue = report(world)
    world.jira.store.add_file(issue, "key-user-1", "anna.berg@example.com", SHOT)
    world.run_quiet()
    ((_, name, _),) = files_in(world.dev)
    assert "anna" not in name


@pytest.mark.parametrize("kind", ["cut-after-write", "cut-before-write"])
def test_an_upload_without_an_answer_leaves_one_copy(world: MirrorWorld, kind: str) -> None:
    issue = report(world)
    world.run_quiet()
    world.jira.store.add_file(issue, "key-user-1", "shot.png", SHOT)
    world.later()
    world.jira.faults.add(kind, match="POST .*/attachments", times=1)
    assert "may have been copied" in world.cycle().problems[0]
    world.later(600)
    world.run_quiet()
    assert files_in(world.dev) == [(OWN, "shot.png", SHOT)]
    assert uploads(world) == (1 if kind == "cut-after-write" else 2)


def test_a_lost_ledger_copies_nothing_again(world: MirrorWorld) -> None:
    issue = report(world)
    world.jira.store.add_file(issue, "key-user-1", "shot.png", SHOT)
    world.run_quiet()
    world.ledger_path.unlink()
    world.later()
    world.run_quiet()
    assert files_in(world.dev) == [(OWN, "shot.png", SHOT)]


def test_what_was_copied_before_the_ledger_was_lost_is_not_copied_again_under_another_name(world: MirrorWorld) -> None:
    issue = report(world)
    world.jira.store.add_file(issue, "key-user-1", "shot.png", SHOT)
    world.run_quiet()
    world.ledger_path.unlink()
    world.jira.store.add_file(issue, "key-user-1", "again.png", SHOT)
    world.jira.store.add_file(issue, "key-user-1", "other.png", SHOT[::-1])
    world.later()
    world.run_quiet()
    assert files_in(world.dev) == [(OWN, "shot.png", SHOT), (OWN, "other.png", SHOT[::-1])]


def media(name: str) -> dict[str, object]:
    attrs = {"type": "file", "id": "ab-12", "collection": "", "alt": name}
    return {
        "type": "doc",
        "version": 1,
        "content": [
            {"type": "mediaSingle", "attrs": {"layout": "center"}, "content": [{"type": "media", "attrs": attrs}]}
        ],
    }


def test_what_came_with_an_internal_comment_crosses_only_where_that_does(world: MirrorWorld) -> None:
    issue, store = report(world), world.jira.store
    store.add_file(issue, "support-1", "secret.txt", b"named")
    store.add_file(issue, "support-1", "unnamed.txt", b"unnamed")
    store.add_file(issue, "key-user-1", "open.txt", b"open")
    store.comment(issue, "support-1", media("secret.txt"), visibility=("role", "Administrators"))
    world.run_quiet()
    assert [name for _, name, _ in files_in(world.dev)] == ["open.txt"]
    world.extra = ", comments: all"
    world.desk.rename("support-1", issue, "Export stops")
    world.later()
    world.run_quiet()
    assert {name for _, name, _ in files_in(world.dev)} == {"open.txt", "secret.txt", "unnamed.txt"}


def test_what_our_account_may_not_have_is_not_even_named(world: MirrorWorld) -> None:
    issue = report(world)
    world.jira.store.add_file(issue, "support-1", "secret.txt", b"secret")
    world.jira.faults.add("server-error", match="GET .*/attachment/content/", status=404)
    world.run_quiet()
    (twin,) = world.dev.issues()
    assert "secret.txt" not in twin.text
    assert files_in(world.dev) == []


def test_on_github_files_are_links_to_the_original(up: MirrorWorld) -> None:
    issue = report(up)
    file = up.jira.store.add_file(issue, "key-user-1", "shot @dev-1.png", SHOT)
    up.jira.store.comment(issue, "key-user-1", media("shot @dev-1.png"))
    up.run_quiet()
    (twin,) = up.dev.issues()
    address = f"{up.jira.url}/rest/api/3/attachment/content/{file}"
    assert f"]({address}) (77 kB)" in twin.text
    assert "@dev-1" not in twin.text
    assert [text for _, text in twin.comments if f"]({address})" in text]
    up.jira.store.delete_file(file, "key-user-1")
    up.later()
    up.run_quiet()
    (twin,) = up.dev.issues()
    assert address not in twin.text


@pytest.mark.parametrize("said", ["none", "count"])
def test_the_policy_says_what_becomes_of_files(up: MirrorWorld, said: str) -> None:
    up.extra = f", attachments: {said}"
    up.jira.store.add_file(report(up), "key-user-1", "shot.png", SHOT)
    up.run_quiet()
    (twin,) = up.dev.issues()
    assert "shot.png" not in twin.text
    assert ("1 file is with the original" in twin.text) is (said == "count")


def test_to_where_anybody_reads_files_are_counted_and_never_copied(up: MirrorWorld) -> None:
    up.github.store.set_private("example/webapp", private=False)
    up.extra = ", audience: public"
    issue = report(up)
    for name in ("shot.png", "log.txt"):
        up.jira.store.add_file(issue, "key-user-1", name, SHOT)
    up.run_quiet()
    (twin,) = up.dev.issues()
    assert "2 files are with the original" in twin.text
    assert "attachment/content" not in twin.text
    up.extra = ", audience: public, attachments: copy"
    with pytest.raises(PolicyError, match="files are not copied to where anybody reads"):
        up.policy()


def test_copies_go_when_the_policy_no_longer_wants_them_and_when_the_source_is_restricted(world: MirrorWorld) -> None:
    issues = [report(world), report(world)]
    for issue in issues:
        world.jira.store.add_file(issue, "key-user-1", f"{issue}.png", SHOT)
    world.run_quiet()
    assert len(files_in(world.dev)) == 2
    world.extra = ", audience: public"
    world.jira.store.set_field(issues[0], "acc-support-1", "security", "Reporter only")
    world.desk.rename("support-1", issues[1], "Export stops")
    world.later()
    world.run_quiet()
    assert files_in(world.dev) == []


def test_a_plan_shows_what_would_be_copied(world: MirrorWorld) -> None:
    issue = report(world)
    world.jira.store.add_file(issue, "key-user-1", "log.txt", b"log")
    steps = [step for one in world.cycle(write=False).plans for step in one.steps if step.subject == "twin files"]
    assert [step.what for step in steps] == ["+ log.txt"]
    world.run_quiet()
    world.jira.store.add_file(issue, "key-user-1", "shot.png", SHOT)
    world.later()
    plan = next(one for one in world.cycle(write=False).plans if one.ref.id == issue)
    assert [(step.subject, step.what) for step in plan.steps] == [("twin files", "+ shot.png")]
    assert [name for _, name, _ in files_in(world.dev)] == ["log.txt"]


def test_texts_of_people_that_show_files_are_read(world: MirrorWorld) -> None:
    issue = report(world)
    file = world.jira.store.add_file(issue, "key-user-1", "log.txt", b"log")
    world.jira.store.set_field(issue, "acc-key-user-1", "description", media("log.txt"))
    world.jira.store.comment(issue, "key-user-1", document("Since Monday."))
    world.run_quiet()
    (twin,) = world.dev.issues()
    assert f"attachment/content/{file}" in twin.text
