"""A mirror between two platforms by another hand: one twin, whatever comes back for its making."""

from pathlib import Path

import pytest
from command_line import TOKEN, Call
from odd_github import OddGitHub
from odd_jira import OddJira
from odd_server import GARBLED, Asked, Said

from tierkeeper.plugins.transport.ports import SystemWall

POLICY = """\
desk: Web application
time_zone: Europe/Berlin
mode: enforce
enforce_from: 2026-11-23T00:00:00Z
leader: desk-leader
trackers:
  github: {{plugin: github, url: "{github}"}}
  jira: {{plugin: jira, url: "{jira}", email: "t@example.org"}}
queues:
  help: {{tracker: github, repository: Example/Web.App}}
  dev: {{tracker: jira, project: HELP}}
roles:
  key-users: {{people: [key-user-1]}}
  support: {{people: [support-1]}}
  developers: {{people: [dev-1]}}
tiers:
  - {{name: key-users, role: key-users}}
  - {{name: support, role: support, lead: support-1}}
  - {{name: development, role: developers, lead: dev-1}}
handovers:
  - {{from: support, to: development}}
rules:
  TR02:
mirrors:
  to-development:
    from: help
    to: dev
    when: {{tier: development}}
    flows: {{title: {{owner: source}}}}
    comments: all
"""


@pytest.mark.parametrize("said", [None, *GARBLED], ids=lambda said: f"{said.status}" if said else "as asked")
def test_one_twin_is_made_and_stays_in_step_whatever_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cli: Call, said: Said | None
) -> None:
    monkeypatch.setattr(SystemWall, "sleep", lambda *_: None)
    monkeypatch.setenv("JIRA_TOKEN", TOKEN)
    with OddGitHub() as github, OddJira() as jira:
        (tmp_path / "desk.yaml").write_text(POLICY.format(github=github.url, jira=jira.site))

        def run(code: int = 0) -> None:
            jira.later()
            result = cli("run", "--now", github.later())
            assert result.code == code, result.out + result.err

        def wrong(asked: Asked) -> Said | None:
            if said is None or asked.method != "POST" or asked.path != ("issue",):
                return None
            jira.answer(asked)
            return said

        number = github.opens("key-user-1", "Export f\u00e4llt aus", "tier:support", body="| a |\r\n|---|\r\n| b |")
        github.says(None, number, "it does `not` work\r\n\r\n- @dev-1 \u202e")
        run()
        github.labelled("support-1", number, "tier:support", off=True)
        github.labelled("support-1", number, "tier:development")
        jira.wrong = wrong
        run(code=1 if said is not None else 0)
        jira.wrong = lambda _: None
        for _ in range(3):
            github.later(hours=1)
            jira.later(hours=1)
            run()
        (twin,) = jira.issues
        assert jira.issues[twin]["summary"] == "Export f\u00e4llt aus"
        told = [one for one in jira.ours(twin) if "work" in str(one)]
        assert len(told) == 1
        before = len(github.writes()), len(jira.writes())
        run()
        assert (len(github.writes()), len(jira.writes())) == before
