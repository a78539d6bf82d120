"""How a tracker is made, who it is, who is in a team, and what `check --live` finds."""

import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from github_bench import GitHubBench, github_bench
from pydantic import ValidationError
from sandbox_world import REPO

from tierkeeper.plugins.errors import AuthenticationFailed, Moved, PermissionDenied
from tierkeeper.plugins.github import client
from tierkeeper.plugins.github.options import GitHubOptions
from tierkeeper.plugins.github.plugin import make_github, tierkeeper_trackers
from tierkeeper.plugins.host import load_plugins
from tierkeeper.plugins.model.change import UnknownMembers
from tierkeeper.plugins.model.desk import RoleSource
from tierkeeper.plugins.model.issue import Account
from tierkeeper.plugins.tracker import LabelSpec, Ports, Tracker, TrackerPlugin
from tierkeeper.plugins.transport.answer import Answer
from tierkeeper.plugins.transport.ports import ManualWall, MemoryBudget, MemoryEtags, MemoryKept


@pytest.fixture
def bench() -> Iterator[GitHubBench]:
    with github_bench() as made:
        yield made


def test_the_plugin_is_found_and_imports_no_sdk() -> None:
    assert load_plugins().trackers["github"].place == "repository"
    code = (
        "import sys; from tierkeeper.plugins.github import plugin; plugin.tierkeeper_trackers(); "
        "print(sorted({'github', 'requests', 'tierkeeper.plugins.github.tracker'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_only_the_client_imports_the_sdk() -> None:
    folder = Path(client.__file__).parent
    found = {
        path.name
        for path in folder.glob("*.py")
        if re.search(r"^(import|from) github\b", path.read_text(), re.MULTILINE)
    }
    assert found == {"client.py"}


def test_the_plugin_says_which_secrets_it_asks_for() -> None:
    (plugin,) = tierkeeper_trackers()
    assert isinstance(plugin, TrackerPlugin)
    assert set(plugin.secrets) == {"GITHUB_TOKEN", "GITHUB_PRIVATE_KEY"}


@pytest.mark.parametrize(
    ("name", "secrets", "login"),
    [
        ("github", {"GITHUB_TOKEN": "t-dev-1"}, "dev-1"),
        ("github-2", {"GITHUB_TOKEN": "t-dev-1", "GITHUB_2_TOKEN": "t-dev-lead\n"}, "dev-lead"),
        ("github-2", {"GITHUB_TOKEN": "t-dev-1"}, "dev-1"),
    ],
)
def test_a_token_of_the_trackers_own_name_comes_first(
    bench: GitHubBench, name: str, secrets: dict[str, str], login: str
) -> None:
    ports = Ports(bench.budget, bench.etags, bench.kept, bench.wall, secrets.get)
    assert make_github(name, GitHubOptions(url=bench.box.url), ports).account() == Account(login)


def test_a_missing_token_says_which_variable_to_set(bench: GitHubBench) -> None:
    ports = Ports(bench.budget, bench.etags, bench.kept, bench.wall, lambda _: None)
    with pytest.raises(AuthenticationFailed, match=r"'github-2'.*GITHUB_2_TOKEN or GITHUB_TOKEN"):
        make_github("github-2", GitHubOptions(url=bench.box.url), ports)


def test_a_wrong_token_says_so_and_does_not_show_itself(bench: GitHubBench) -> None:
    with pytest.raises(AuthenticationFailed, match=r"github: our account: .*make a new one") as caught:
        bench.make("nobody").account()
    assert "t-nobody" not in str(caught.value)


def test_half_an_app_is_no_app() -> None:
    with pytest.raises(ValidationError, match="both app_id and installation_id"):
        GitHubOptions(app_id=1)
    with pytest.raises(ValidationError, match="extra"):
        GitHubOptions.model_validate({"token": "never here"})


def test_our_account_is_asked_for_once_a_day(bench: GitHubBench) -> None:
    for _ in range(2):
        assert bench.make().account() == Account("tierkeeper")
    assert [path for _, path, _ in bench.asked()] == ["/user"]
    bench.advance(timedelta(days=1, seconds=1))
    bench.make().account()
    assert [path for _, path, _ in bench.asked()] == ["/user"]


def test_an_app_that_may_not_ask_who_it_is_goes_by_its_slug(bench: GitHubBench) -> None:
    assert bench.make(app_slug="tierkeeper-app").account() == Account("tierkeeper-app[bot]", kind="bot")
    assert bench.asked() == []


def test_an_app_without_a_slug_is_told_what_to_give(bench: GitHubBench, monkeypatch: pytest.MonkeyPatch) -> None:
    refuse(bench.tracker, monkeypatch, 403)
    with pytest.raises(PermissionDenied, match="`app_slug`"):
        bench.tracker.account()


def refuse(tracker: Tracker, monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    """Let every answer be a refusal."""
    transport = tracker._access.transport  # type: ignore[attr-defined]  # a test looks inside
    body = b'{"message": "Resource not accessible by integration"}'
    monkeypatch.setattr(transport, "send", lambda *asked: Answer(status, {}, body, f"https://x{asked[1]}"))


def test_members_of_child_teams_are_members(bench: GitHubBench) -> None:
    found = bench.tracker.members(RoleSource("github", "team", "example/webapp"))
    assert found == frozenset({Account("dev-lead"), Account("dev-1")})


def test_more_than_a_page_of_members_is_read(bench: GitHubBench) -> None:
    for number in range(130):
        bench.store.add_user(f"member-{number}")
    bench.store.add_team("example", "many", members=[f"member-{number}" for number in range(130)])
    found = bench.tracker.members(RoleSource("github", "team", "example/many"))
    assert isinstance(found, frozenset)
    assert len(found) == 130


@pytest.mark.parametrize("status", [403, 404])
def test_members_that_may_not_be_read_are_unknown_and_the_remedy_is_named(
    bench: GitHubBench, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    refuse(bench.tracker, monkeypatch, status)
    found = bench.tracker.members(bench.team)
    assert isinstance(found, UnknownMembers)
    assert "read:org" in found.reason
    assert "example/supporters" in found.reason


@pytest.mark.parametrize(("kind", "name"), [("group", "a/b"), ("team", "webapp"), ("team", "a/b/c"), ("team", "/x")])
def test_a_role_source_that_is_no_team_is_unknown_without_a_request(bench: GitHubBench, kind: str, name: str) -> None:
    source = RoleSource("github", kind, name)  # type: ignore[arg-type]  # what a policy might hold
    assert isinstance(bench.tracker.members(source), UnknownMembers)
    assert bench.asked() == []


def problems(bench: GitHubBench, tracker: Tracker | None = None, *labels: LabelSpec) -> str:
    return "\n".join(map(str, (tracker or bench.tracker).check(bench.queue, labels)))


def test_a_repository_where_all_is_well_has_no_problems(bench: GitHubBench) -> None:
    assert problems(bench, None, LabelSpec("TIER:support")) == ""


def test_an_account_that_may_not_label_is_found(bench: GitHubBench) -> None:
    assert "key-user-1 may not set labels here" in problems(bench, bench.make("key-user-1"))
    assert problems(bench, bench.make("support-1")) == ""


def test_an_archived_repository_and_one_without_issues_are_found(bench: GitHubBench) -> None:
    bench.store.repository(REPO).archived = True
    bench.store.set_has_issues(REPO, has_issues=False)
    found = problems(bench)
    assert "archived" in found
    assert "issues are switched off" in found


@pytest.mark.parametrize(("name", "expected"), [("example/portal", "renamed to example/portal"), (None, "404")])
def test_a_repository_that_is_renamed_or_not_there_is_found(
    bench: GitHubBench, name: str | None, expected: str
) -> None:
    if name:
        bench.store.rename_repository(REPO, name)
    else:
        bench.store.set_private(REPO, private=True)
        bench.store.set_permission(REPO, "tierkeeper", "none")
    assert expected in problems(bench)


def test_g4_an_answer_for_another_repository_is_not_taken_for_ours(
    bench: GitHubBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    transport = bench.tracker._access.transport  # type: ignore[attr-defined]  # a test looks inside
    body = b'{"id": 1, "full_name": "example/portal"}'
    monkeypatch.setattr(transport, "send", lambda *asked: Answer(200, {}, body, f"https://x{asked[1]}"))
    with pytest.raises(Moved, match="renamed to example/portal"):
        next(bench.tracker.pull(bench.queue, ""))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-12-01 10:00:00 UTC", "expires in 8 days, on 2026-12-01"),
        ("2026-12-01 10:00:00 +0200", "expires in 8 days, on 2026-12-01"),
        ("2027-12-01 10:00:00 UTC", ""),
        ("", ""),
        ("never", ""),
    ],
)
def test_a_token_that_ends_within_thirty_days_is_found(
    bench: GitHubBench, monkeypatch: pytest.MonkeyPatch, text: str, expected: str
) -> None:
    transport = bench.tracker._access.transport  # type: ignore[attr-defined]  # a test looks inside
    send = transport.send

    def sending(*asked: object) -> Answer:
        answer: Answer = send(*asked)
        headers = {**answer.headers, "github-authentication-token-expiration": text}
        return Answer(answer.status, headers, answer.body, answer.url)

    monkeypatch.setattr(transport, "send", sending)
    found = list(bench.tracker.check(bench.queue, []))
    assert [problem.fatal for problem in found] == ([False] if expected else [])
    assert expected in "\n".join(map(str, found))


def test_labels_are_made_with_colour_and_a_description_that_fits(bench: GitHubBench) -> None:
    wanted = [LabelSpec("sla:at-risk", "x" * 150, "fbca04"), LabelSpec("Tier:Support")]
    assert "--create-labels" in problems(bench, None, *wanted)
    assert bench.tracker.create_labels(bench.queue, wanted) == ("sla:at-risk",)
    label = bench.store.label(bench.store.repository(REPO), "sla:at-risk")
    assert label is not None
    assert (label.color, len(label.description or "")) == ("fbca04", 100)


def test_an_enterprise_server_below_its_path_is_read_like_any_other(bench: GitHubBench) -> None:
    ports = Ports(MemoryBudget(), MemoryEtags(), MemoryKept(), ManualWall(bench.now()), lambda _: "t-tierkeeper")
    tracker = make_github("github", GitHubOptions(url=f"{bench.box.url}/api/v3"), ports)
    bench.create_issue(bench.bob, "It fails")
    assert [len(batch.issues) for batch in tracker.pull(bench.queue, "") if batch.issues] == [1]
    assert tracker.requests()["read"] == 4
