"""The real client library works against the sandbox, with every trap that it has on GitHub."""

from collections.abc import Iterator

import pytest
from contracts import checked_exchanges, have_github_contract
from github import Auth, Github, GithubException, GithubRetry
from requests import ConnectionError as Cut
from sandbox_world import REPO, World, world


@pytest.fixture
def there() -> Iterator[World]:
    with world() as made:
        if have_github_contract():
            with checked_exchanges():
                yield made
        else:
            yield made


@pytest.fixture
def github(there: World) -> Iterator[Github]:
    client = Github(
        auth=Auth.Token("t-tierkeeper"),
        base_url=there.box.url,
        seconds_between_requests=None,
        seconds_between_writes=None,
        retry=GithubRetry(total=0, allowed_methods={"GET"}),
        per_page=2,
    )
    yield client
    client.close()


def test_an_issue_lives_its_life(github: Github) -> None:
    repository = github.get_repo(REPO)
    issue = repository.create_issue("It fails", "body", labels=["tier:support"], assignees=["dev-1"])
    issue.add_to_labels("kind:bug")
    issue.remove_from_labels("tier:support")
    comment = issue.create_comment("looking")
    comment.edit("found")
    comment.create_reaction("eyes")
    issue.edit(title="It failed", state="closed", state_reason="not_planned")
    issue.add_to_assignees("dev-lead")
    issue.remove_from_assignees("dev-1")
    again = repository.get_issue(issue.number)
    assert (again.title, again.state, again.state_reason) == ("It failed", "closed", "not_planned")
    assert [label.name for label in again.labels] == ["kind:bug"]
    assert [one.login for one in again.assignees] == ["dev-lead"]
    assert [one.body for one in again.get_comments()] == ["found"]
    assert [one.event for one in again.get_events()] == [
        "labeled",
        "assigned",
        "labeled",
        "unlabeled",
        "closed",
        "renamed",
        "assigned",
        "unassigned",
    ]
    assert "commented" in [one.event for one in again.get_timeline()]


def test_lists_are_paged_to_their_end(there: World, github: Github) -> None:
    for number in range(5):
        there.store.create_issue(REPO, "dev-1", f"t{number}", labels=["a"])
    repository = github.get_repo(REPO)
    assert [one.title for one in repository.get_issues(direction="asc")] == ["t0", "t1", "t2", "t3", "t4"]
    assert len(list(repository.get_issues_events())) == 5
    assert repository.get_issues(state="all").totalCount == 5
    assert [one.title for one in github.search_issues(f"repo:{REPO} t3")] == ["t3"]


def test_people_teams_and_permissions_are_read(github: Github) -> None:
    assert github.get_user().login == "tierkeeper"
    team = github.get_organization("example").get_team_by_slug("webapp")
    assert sorted(one.login for one in team.get_members()) == ["dev-1", "dev-lead"]
    repository = github.get_repo(REPO)
    assert repository.get_collaborator_permission("dev-1") == "write"
    assert repository.has_in_assignees("dev-1")
    assert sorted(label.name for label in repository.get_labels()) == ["tier:support"]
    assert github.get_rate_limit().resources.core.limit == 5000


def test_a_write_to_a_renamed_repository_seems_to_work_and_writes_nothing(there: World, github: Github) -> None:
    repository = github.get_repo(REPO)
    there.store.rename_repository(REPO, "example/shop")
    assert repository.create_issue("lost")._rawData.get("number") is None
    assert there.store.repository("example/shop").last_number == 0


def test_a_read_of_a_renamed_repository_loses_its_query(there: World, github: Github) -> None:
    repository = github.get_repo(REPO)
    there.store.create_issue(REPO, "dev-1", "t")
    there.store.close(REPO, 1, "dev-1")
    there.store.rename_repository(REPO, "example/shop")
    assert list(repository.get_issues(state="all")) == []


def test_a_transferred_issue_answers_with_its_old_number(there: World, github: Github) -> None:
    there.store.create_issue("example/secret", "tierkeeper", "other")
    there.store.create_issue(REPO, "dev-1", "t")
    there.store.transfer_issue(REPO, 1, "example/secret", "tierkeeper")
    issue = github.get_repo(REPO).get_issue(1)
    assert issue.html_url.endswith("/example/secret/issues/2")


def test_a_cut_after_the_write_leaves_the_comment_there(there: World, github: Github) -> None:
    there.store.create_issue(REPO, "dev-1", "t")
    issue = github.get_repo(REPO).get_issue(1)
    there.box.faults.add("cut-after-write", match="POST .*/comments", times=1)
    with pytest.raises(Cut):
        issue.create_comment("once")
    assert [one.body for one in issue.get_comments()] == ["once"]


def test_a_429_without_retry_after_is_a_plain_exception(there: World, github: Github) -> None:
    there.box.faults.add("rate-limit", status=429, retry_after=None, times=1)
    with pytest.raises(GithubException) as caught:
        github.get_repo(REPO)
    assert (type(caught.value), caught.value.status) == (GithubException, 429)
