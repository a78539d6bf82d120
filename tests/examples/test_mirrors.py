"""The examples of mirrors: read without a warning, and played over HTTP, from the handover to the end on both sides."""

from pathlib import Path
from typing import Any

import pytest
from house import ROOT
from mirror_world import OWN, PAIRINGS, GitHubEnd, MirrorWorld, mirror_world

from tierkeeper.plugins.host import load_plugins
from tierkeeper.rules.policy import load_policy

EXAMPLES = {"jira-github": "jira-to-github", "github-jira": "github-to-jira"}


def text_of(pairing: str) -> str:
    return (ROOT / "examples" / EXAMPLES[pairing] / "desk.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("pairing", EXAMPLES)
def test_it_is_read_without_a_warning(pairing: str) -> None:
    policy = load_policy(text_of(pairing), file="desk.yaml", host=load_plugins())
    assert policy.warnings == ()
    (mirror,) = policy.mirrors
    assert mirror.when == {"tier": ("development",)}


class Example(MirrorWorld):
    """The example's desk on the two sandboxes."""

    def policy_text(self) -> str:
        text = text_of(self.pairing)
        text = text.replace("https://api.github.com", self.github.url)
        return text.replace("https://example.atlassian.net", self.jira.url)


@pytest.mark.parametrize("pairing", EXAMPLES)
def test_a_handover_has_a_twin_and_what_development_does_comes_back(
    pairing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert pairing in PAIRINGS
    monkeypatch.setattr("mirror_world.MirrorWorld", Example)
    with mirror_world(pairing, tmp_path) as there:
        world: Any = there
        world.github.store.add_user("support-lead", token="t-support-lead")
        world.jira.store.add_user("support-lead", token="t-support-lead", time_zone="Etc/UTC")
        if pairing == "jira-github":
            importer = GitHubEnd(world.github, "example/importer")
        world.cycle()
        issue = world.desk.report("key-user-1", "Export fails", "Steps: press Export.", ("tier:support",))
        world.later()
        world.desk.comment("support-1", issue, "/handover development finding: the file is cut at 80 %")
        world.later()
        world.run()
        world.later()
        world.run_quiet()
        (twin,) = world.dev.issues()
        assert "Steps: press Export." in twin.text
        assert [by for by, text in twin.comments if "the file is cut" in text] == [OWN]
        if pairing == "jira-github":
            assert importer.issues() == []
        world.dev.comment("dev-1", twin.id, "Answer: fixed in 7.1.")
        world.dev.close("dev-1", twin.id)
        world.later()
        world.run_quiet()
        (source,) = world.desk.issues()
        assert not source.open
        assert [text for by, text in source.comments if by == OWN and "fixed in 7.1." in text]
