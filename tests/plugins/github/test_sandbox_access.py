"""The sandbox knows who may see what, where things moved to, and how lists are paged."""

from collections.abc import Iterator

import pytest
from sandbox_world import PATH, REPO, World, world

from tierkeeper.plugins.github.sandbox import GitHubSandbox


@pytest.fixture
def there() -> Iterator[World]:
    with world() as made:
        yield made


def numbers(there: World, query: str, login: str = "dev-1") -> list[int]:
    return [one["number"] for one in there.as_(login).get(f"{PATH}/issues?{query}")]


def test_a_bad_token_is_401_as_github_words_it(there: World) -> None:
    response = there.as_("nobody")("GET", "/user")
    assert response.status_code == 401
    assert response.json() == {
        "message": "Bad credentials",
        "documentation_url": "https://docs.github.com/rest",
        "status": "401",
    }


def test_a_token_works_in_every_scheme(there: World) -> None:
    stranger = there.as_(None)
    for header in ("token t-dev-1", "Bearer t-dev-1", "bearer t-dev-1", "Basic eDp0LWRldi0x"):
        assert stranger.get("/user", Authorization=header)["login"] == "dev-1"


def test_without_a_token_one_reads_what_is_public_and_writes_nothing(there: World) -> None:
    assert there.as_(None).get(PATH)["full_name"] == REPO
    assert there.as_(None)("POST", f"{PATH}/issues", {"title": "t"}).status_code == 401
    assert there.as_(None)("GET", "/repos/example/secret").status_code == 404


def test_a_private_repository_is_not_there_for_those_without_access(there: World) -> None:
    assert there.as_("dev-1")("GET", "/repos/example/secret/issues").status_code == 404
    assert there.as_("tierkeeper")("GET", "/repos/example/secret/issues").status_code == 200


def test_a_permission_comes_from_the_person_the_team_and_the_organization(there: World) -> None:
    there.store.add_user("new-1")
    there.store.add_team("example", "operators", members=["new-1"])
    shown = [there.as_("dev-1").get(f"{PATH}/collaborators/new-1/permission")["role_name"]]
    there.store.set_team_permission(REPO, "operators", "maintain")
    shown.append(there.as_("dev-1").get(f"{PATH}/collaborators/new-1/permission")["role_name"])
    there.store.set_permission(REPO, "new-1", "admin")
    shown.append(there.as_("dev-1").get(f"{PATH}/collaborators/new-1/permission")["role_name"])
    assert shown == ["read", "maintain", "admin"]
    triage = there.as_("dev-1").get(f"{PATH}/collaborators/support-1/permission")
    assert (triage["permission"], triage["role_name"]) == ("read", "triage")


def test_a_team_has_the_members_of_the_teams_below_it(there: World) -> None:
    dev = there.as_("dev-1")
    assert [one["login"] for one in dev.get("/orgs/example/teams/webapp/members")] == ["dev-1", "dev-lead"]
    assert [one["login"] for one in dev.get("/orgs/example/teams/webapp-developers/members")] == ["dev-1"]
    team = dev.get("/orgs/example/teams/webapp-developers")
    assert (team["parent"]["slug"], team["members_count"]) == ("webapp", 1)
    assert [one["slug"] for one in dev.get("/orgs/example/teams/webapp/teams")] == ["webapp-developers"]
    assert dev.get("/orgs/example/teams/webapp/memberships/dev-1")["state"] == "active"
    assert dev("GET", "/orgs/example/teams/webapp-developers/memberships/dev-lead").status_code == 404


def test_teams_are_seen_by_members_of_their_organization_only(there: World) -> None:
    assert there.as_("stranger")("GET", "/orgs/example/teams/webapp/members").status_code == 404
    assert there.as_("stranger")("GET", "/orgs/example/teams").status_code == 403


def test_members_of_an_organization_are_listed_and_looked_up(there: World) -> None:
    dev = there.as_("dev-1")
    assert {one["login"] for one in dev.get("/orgs/example/members")} == {"dev-1", "dev-lead"}
    assert [one["login"] for one in dev.get("/orgs/example/members?role=admin")] == ["dev-lead"]
    assert dev("GET", "/orgs/example/members/dev-1").status_code == 204
    assert dev("GET", "/orgs/example/members/stranger").status_code == 404
    assert dev.get("/orgs/example/memberships/dev-lead")["role"] == "admin"


def test_people_leave_teams(there: World) -> None:
    there.store.remove_team_member("example", "webapp-developers", "dev-1")
    there.store.add_team_member("example", "webapp", "support-1", "maintainer")
    dev = there.as_("dev-1")
    assert dev.get("/orgs/example/teams/webapp-developers/members") == []
    maintainers = dev.get("/orgs/example/teams/webapp/members?role=maintainer")
    assert [one["login"] for one in maintainers] == ["support-1"]


def test_a_renamed_repository_redirects_reads_with_their_query_and_does_no_write(there: World) -> None:
    there.store.create_issue(REPO, "dev-1", "t")
    there.store.rename_repository(REPO, "example/shop")
    dev, key = there.as_("dev-1"), there.store.repository("example/shop").id
    read = dev("GET", f"{PATH}/issues?state=all&per_page=100")
    assert read.status_code == 301
    assert read.headers["Location"] == f"{there.box.url}/repositories/{key}/issues?state=all&per_page=100"
    assert [one["number"] for one in dev.get(read.headers["Location"])] == [1]
    write = dev("POST", f"{PATH}/issues", {"title": "lost"})
    assert (write.status_code, write.headers["Location"]) == (307, f"{there.box.url}/repositories/{key}/issues")
    assert len(dev.get("/repos/example/shop/issues")) == 1


def test_a_transferred_issue_redirects_and_a_deleted_one_is_gone(there: World) -> None:
    for title in ("moves", "goes", "stays"):
        there.store.create_issue(REPO, "dev-1", title, labels=["tier:support"])
    there.store.comment(REPO, 1, "dev-1", "c")
    there.store.add_repository("example/shop", permissions={"dev-1": "write"})
    assert there.store.transfer_issue(REPO, 1, "example/shop", "dev-1") == 1
    there.store.delete_issue(REPO, 2, "dev-1")
    dev, key = there.as_("dev-1"), there.store.repository("example/shop").id
    for method in ("GET", "PATCH"):
        moved = dev(method, f"{PATH}/issues/1", None if method == "GET" else {"title": "x"})
        assert (moved.status_code, moved.headers["Location"]) == (301, f"{there.box.url}/repositories/{key}/issues/1")
    assert dev("GET", f"{PATH}/issues/2").status_code == 410
    assert numbers(there, "state=all") == [3]
    assert [one["issue"]["number"] for one in dev.get(f"{PATH}/issues/events")] == [3]
    assert [one["body"] for one in dev.get("/repos/example/shop/issues/comments")] == ["c"]
    assert dev.get("/repos/example/shop/issues/1")["labels"] == []


def test_an_issue_transferred_out_of_sight_is_not_there(there: World) -> None:
    there.store.create_issue(REPO, "dev-1", "t")
    there.store.transfer_issue(REPO, 1, "example/secret", "tierkeeper")
    assert there.as_("dev-1")("GET", f"{PATH}/issues/1").status_code == 404


def test_where_issues_are_turned_off_there_are_none(there: World) -> None:
    there.store.create_issue(REPO, "dev-1", "t")
    there.store.set_has_issues(REPO, has_issues=False)
    assert there.as_("dev-1")("GET", f"{PATH}/issues/1").status_code == 410
    assert there.as_("dev-1")("POST", f"{PATH}/issues", {"title": "t"}).status_code == 410


def test_a_repository_is_renamed_and_hidden_by_its_administrators(there: World) -> None:
    assert there.as_("dev-1")("PATCH", PATH, {"name": "shop"}).status_code == 403
    shown = there.as_("tierkeeper")("PATCH", PATH, {"name": "shop", "private": True}).json()
    assert (shown["full_name"], shown["private"]) == ("example/shop", True)
    assert there.as_("stranger")("GET", "/repos/example/shop").status_code == 404


def fill_issues(there: World, count: int) -> None:
    for number in range(1, count + 1):
        label = ["even"] if number % 2 == 0 else []
        there.store.create_issue(REPO, "dev-1" if number % 3 else "key-user-1", f"t{number}", labels=label)
        there.box.advance(60)


def test_issues_are_filtered_and_sorted(there: World) -> None:
    fill_issues(there, 6)
    there.store.close(REPO, 2, "dev-1")
    there.store.comment(REPO, 1, "dev-1", "c")
    there.store.add_assignees(REPO, 3, ["dev-1"], "dev-lead")
    assert numbers(there, "") == [6, 5, 4, 3, 1]
    assert numbers(there, "state=closed") == [2]
    assert numbers(there, "state=all&direction=asc") == [1, 2, 3, 4, 5, 6]
    assert numbers(there, "labels=EVEN") == [6, 4]
    assert numbers(there, "labels=even,unknown") == []
    assert numbers(there, "creator=key-user-1") == [6, 3]
    assert numbers(there, "assignee=dev-1") == [3]
    assert numbers(there, "assignee=none&direction=asc") == [1, 4, 5, 6]
    assert numbers(there, "assignee=*") == [3]
    assert numbers(there, "sort=comments")[0] == 1
    assert numbers(there, "sort=updated&state=all&direction=asc")[:2] == [4, 5]
    assert there.as_("dev-1")("GET", f"{PATH}/issues?state=ajar").status_code == 422


def test_since_includes_its_own_second(there: World) -> None:
    fill_issues(there, 3)
    assert numbers(there, "since=2026-11-23T08:01:00Z&sort=updated&direction=asc") == [2, 3]
    assert numbers(there, "since=2026-11-23T08:01:01Z&direction=asc") == [3]
    assert numbers(there, "since=2026-11-23T09:02:00%2B01:00") == [3]
    assert there.as_("dev-1")("GET", f"{PATH}/issues?since=yesterday").status_code == 422


def test_links_lead_through_all_pages_by_the_address_that_the_client_used(there: World) -> None:
    fill_issues(there, 7)
    dev, found = there.as_("dev-1"), []
    url: str | None = f"{there.box.url.replace('127.0.0.1', 'localhost')}{PATH}/issues?per_page=3&state=all"
    while url:
        response = dev("GET", url)
        found += [one["number"] for one in response.json()]
        url = response.links.get("next", {}).get("url")
        assert url is None or url.startswith(there.box.url.replace("127.0.0.1", "localhost") + "/repositories/")
    assert found == [7, 6, 5, 4, 3, 2, 1]
    links = dev("GET", f"{PATH}/issues?per_page=3&state=all&page=2").links
    assert {name: link["url"][-6:] for name, link in links.items()} == dict.fromkeys(
        ("prev", "next", "first", "last"), "page=1"
    ) | {"next": "page=3", "last": "page=3"}
    assert dev("GET", f"{PATH}/issues?per_page=7").links == {}


def test_a_page_holds_thirty_unless_told_and_a_hundred_at_most(there: World) -> None:
    for _ in range(101):
        there.store.create_issue(REPO, "dev-1", "t")
    assert [len(numbers(there, query)) for query in ("", "per_page=1000", "per_page=0")] == [30, 100, 30]


def test_the_events_of_a_repository_come_newest_first_page_by_page(there: World) -> None:
    fill_issues(there, 10)
    pages = [there.as_("dev-1").get(f"{PATH}/issues/events?per_page=2&page={page}") for page in (1, 2, 3, 4)]
    assert [[one["issue"]["number"] for one in page] for page in pages] == [[10, 8], [6, 4], [2], []]


def test_offset_paging_misses_what_is_touched_meanwhile(there: World) -> None:
    fill_issues(there, 4)
    first = numbers(there, "sort=updated&direction=asc&per_page=2&page=1")
    there.store.comment(REPO, 1, "dev-1", "touch")
    second = numbers(there, "sort=updated&direction=asc&per_page=2&page=2")
    assert (first, second) == ([1, 2], [4, 1])


def test_search_finds_by_qualifiers_and_words_what_one_may_see(there: World) -> None:
    there.store.create_issue(REPO, "dev-1", "Alpha", "marker-123 here", labels=["a"])
    there.store.create_issue("example/secret", "tierkeeper", "Alpha", "marker-123 there")
    there.store.add_pull_request(REPO, "dev-1", "Alpha change")

    def found(query: str, login: str = "dev-1") -> int:
        return int(there.as_(login).get(f"/search/issues?q={query}")["total_count"])

    assert found("alpha") == 2
    assert found("alpha", "tierkeeper") == 3
    assert found(f"repo:{REPO}+is:issue+marker-123+in:body") == 1
    assert found("marker-123+in:title") == 0
    assert found('"marker-123 here"+author:dev-1+label:a+state:open') == 1
    assert there.as_("dev-1")("GET", "/search/issues").status_code == 422


def test_an_enterprise_server_speaks_below_its_prefix(there: World) -> None:
    there.store.create_issue(REPO, "dev-1", "t")
    dev = there.as_("dev-1")
    shown = dev.get(f"/api/v3{PATH}/issues/1")
    assert shown["url"] == f"{there.box.url}/api/v3{PATH}/issues/1"
    assert shown["html_url"] == f"{there.box.url}/{REPO}/issues/1"
    assert dev.get("/api/v3/meta")["installed_version"] == "3.18.0"
    assert "installed_version" not in dev.get("/meta")


def test_an_api_version_that_is_not_there_is_refused(there: World) -> None:
    dev = there.as_("dev-1")
    assert dev("GET", PATH, X_GitHub_Api_Version="1999-01-01").status_code == 400
    assert "rate" in dev.get("/rate_limit", X_GitHub_Api_Version="2022-11-28")
    assert "rate" not in dev.get("/rate_limit", X_GitHub_Api_Version="2026-03-10")
    assert dev.get("/versions") == ["2026-03-10", "2022-11-28"]


def test_what_is_no_json_is_refused(there: World) -> None:
    response = there.as_("dev-1").session.post(f"{there.box.url}{PATH}/issues", data=b"{", timeout=10)
    assert response.status_code == 400


def test_only_loopback_is_served(there: World) -> None:
    assert there.box.url.startswith("http://127.0.0.1:")


def test_names_that_are_not_there_are_named_in_the_error() -> None:
    box = GitHubSandbox()
    with pytest.raises(LookupError, match="example/webapp"):
        box.store.create_issue("example/webapp", "dev-1", "t")
    box.store.add_repository("example/webapp")
    with pytest.raises(LookupError, match="dev-1"):
        box.store.create_issue("example/webapp", "dev-1", "t")
