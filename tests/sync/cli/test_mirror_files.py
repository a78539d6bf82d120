"""`tierkeeper mirror retry` and `check --live`, for files that are not copied."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from command_line import TOKEN, Call
from mirror_world import OWN, MirrorWorld, mirror_world


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MirrorWorld]:
    """One issue with a file, in a project whose twins may have none."""
    monkeypatch.setenv("JIRA_TOKEN", TOKEN)
    with mirror_world("jira-jira", tmp_path) as made:
        (tmp_path / "desk.yaml").write_text(made.policy_text(), encoding="utf-8")
        made.jira.store.set_permission("DEV", "CREATE_ATTACHMENTS", [])
        issue = made.desk.report("key-user-1", "Export fails", "It stops.", ("tier:development",))
        made.jira.store.add_file(issue, "key-user-1", "shot.png", b"shot")
        made.later()
        yield made


def test_a_file_that_was_not_copied_is_once_it_is_asked_for_again(cli: Call, world: MirrorWorld) -> None:
    found = cli("check", "--live", "--json").json["findings"]
    assert [one["message"] for one in found if "CREATE_ATTACHMENTS" in one["message"]]

    def run() -> str:
        world.later()
        assert cli("run", "--now", world.jira.now.isoformat()).code == 0
        (twin,) = world.dev.issues()
        return str(twin.text)

    assert "our account may not add files there" in run()
    world.jira.store.set_permission("DEV", "CREATE_ATTACHMENTS", ["*"])
    assert "Not copied" in run()
    assert cli("mirror", "retry", "HELP-1").code == 0
    assert "Not copied" not in run()
    copies = [one.name for one in world.jira.store.data.files.values() if one.author == f"acc-{OWN}"]
    assert copies == ["shot.png"]
