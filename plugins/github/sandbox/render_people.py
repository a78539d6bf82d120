"""Records of people and places as GitHub shows them."""

import base64
from typing import Any

from tierkeeper.plugins.github.sandbox.clock import iso
from tierkeeper.plugins.github.sandbox.records import LEVELS, App, Organization, Person, Repository, Team
from tierkeeper.plugins.github.sandbox.store import Store

Json = dict[str, Any]
GHOST = Person(id=10137, login="ghost", kind="User")
"""Who GitHub shows in place of a deleted account."""

_USER_LINKS = {
    "followers_url": "followers",
    "following_url": "following{/other_user}",
    "gists_url": "gists{/gist_id}",
    "starred_url": "starred{/owner}{/repo}",
    "subscriptions_url": "subscriptions",
    "organizations_url": "orgs",
    "repos_url": "repos",
    "events_url": "events{/privacy}",
    "received_events_url": "received_events",
}
_REPOSITORY_LINKS = {
    "archive": "{archive_format}{/ref}",
    "assignees": "{/user}",
    "blobs": "/git/blobs{/sha}",
    "branches": "{/branch}",
    "collaborators": "{/collaborator}",
    "comments": "{/number}",
    "commits": "{/sha}",
    "compare": "/{base}...{head}",
    "contents": "/{+path}",
    "contributors": "",
    "deployments": "",
    "downloads": "",
    "events": "",
    "forks": "",
    "git_commits": "/git/commits{/sha}",
    "git_refs": "/git/refs{/sha}",
    "git_tags": "/git/tags{/sha}",
    "hooks": "",
    "issue_comment": "/issues/comments{/number}",
    "issue_events": "/issues/events{/number}",
    "issues": "{/number}",
    "keys": "{/key_id}",
    "labels": "{/name}",
    "languages": "",
    "merges": "",
    "milestones": "{/number}",
    "notifications": "{?since,all,participating}",
    "pulls": "{/number}",
    "releases": "{/id}",
    "stargazers": "",
    "statuses": "/statuses/{sha}",
    "subscribers": "",
    "subscription": "",
    "tags": "",
    "teams": "",
    "trees": "/git/trees{/sha}",
}


def node_id(kind: str, key: int) -> str:
    """An opaque id, as GraphQL would name the thing."""
    return f"{kind}_{base64.urlsafe_b64encode(str(key).encode()).decode().rstrip('=')}"


class PeopleRenderer:
    """People, organizations, teams and repositories as JSON; `base` is the address that the client was given."""

    def __init__(self, store: Store, base: str) -> None:
        self.store = store
        self.base = base
        self.site = base.removesuffix("/api/v3")
        self._people: dict[str, Json] = {}
        self._version = -1

    def user(self, login: str | None) -> Json:
        """Render an account, or the ghost of one that was deleted."""
        return self.maybe_user(login) or self._simple_user(GHOST)

    def maybe_user(self, login: str | None) -> Json | None:
        """Render an account, or null if it was deleted."""
        if login is None:
            return None
        if self._version != self.store.people_version:
            self._people, self._version = {}, self.store.people_version
        known = self._people.get(login)
        if known is None:
            person = self.store.data.people.get(login.lower())
            if person is None:
                return None
            known = self._people[login] = self._simple_user(person)
        return known

    def _simple_user(self, person: Person) -> Json:
        url = f"{self.base}/users/{person.login}"
        return {
            "login": person.login,
            "id": person.id,
            "node_id": node_id("U", person.id),
            "avatar_url": f"{self.site}/avatars/{person.id}",
            "gravatar_id": "",
            "url": url,
            "html_url": f"{self.site}/{person.login}",
            **{key: f"{url}/{tail}" for key, tail in _USER_LINKS.items()},
            "type": person.kind,
            "user_view_type": "public",
            "site_admin": False,
        }

    def full_user(self, person: Person) -> Json:
        """Render an account as its own page shows it."""
        nothing = dict.fromkeys(("company", "location", "email", "hireable", "bio", "twitter_username"))
        zeros = dict.fromkeys(("public_repos", "public_gists", "followers", "following"), 0)
        created = {"created_at": iso(person.created), "updated_at": iso(person.created)}
        return {**self._simple_user(person), "name": person.name, "blog": "", **nothing, **zeros, **created}

    def own_user(self, person: Person) -> Json:
        """Render an account for itself."""
        keys = ("private_gists", "total_private_repos", "owned_private_repos", "disk_usage", "collaborators")
        private = dict.fromkeys(keys, 0)
        more = {"two_factor_authentication": True, "user_view_type": "private"}
        return {**self.full_user(person), **private, **more}

    def app(self, slug: str | None) -> Json | None:
        """Render the app that something was done through."""
        if slug is None:
            return None
        app: App = self.store.data.apps[slug]
        organization = self.store.data.organizations.get(app.owner.lower())
        return {
            "id": app.id,
            "slug": slug,
            "node_id": node_id("A", app.id),
            "owner": self.user(app.owner) if organization is None else self.owner(organization.login),
            "name": slug,
            "description": "",
            "external_url": f"{self.site}/apps/{slug}",
            "html_url": f"{self.site}/apps/{slug}",
            "created_at": iso(app.created),
            "updated_at": iso(app.created),
            "permissions": {"issues": "write", "metadata": "read"},
            "events": [],
        }

    def owner(self, login: str) -> Json:
        """Render an organization or an account where GitHub shows either as an account."""
        organization = self.store.data.organizations.get(login.lower())
        if organization is None:
            return self.user(login)
        person = Person(id=organization.id, login=organization.login, kind="Organization")
        return self._simple_user(person)

    def organization_simple(self, organization: Organization) -> Json:
        """Render an organization in short."""
        url = f"{self.base}/orgs/{organization.login}"
        return {
            "login": organization.login,
            "id": organization.id,
            "node_id": node_id("O", organization.id),
            "url": url,
            "repos_url": f"{url}/repos",
            "events_url": f"{url}/events",
            "hooks_url": f"{url}/hooks",
            "issues_url": f"{url}/issues",
            "members_url": f"{url}/members{{/member}}",
            "public_members_url": f"{url}/public_members{{/member}}",
            "avatar_url": f"{self.site}/avatars/{organization.id}",
            "description": None,
        }

    def organization(self, organization: Organization) -> Json:
        """Render an organization in full."""
        return {
            **self.organization_simple(organization),
            "html_url": f"{self.site}/{organization.login}",
            "has_organization_projects": True,
            "has_repository_projects": True,
            **dict.fromkeys(("public_repos", "public_gists", "followers", "following"), 0),
            "type": "Organization",
            "created_at": iso(organization.created),
            "updated_at": iso(organization.created),
            "archived_at": None,
            "is_verified": False,
        }

    def team(self, team: Team, *, with_parent: bool = True) -> Json:
        """Render a team."""
        url = f"{self.base}/organizations/{self.store.data.organizations[team.organization.lower()].id}/team/{team.id}"
        shown: Json = {
            "id": team.id,
            "node_id": node_id("T", team.id),
            "url": url,
            "html_url": f"{self.site}/orgs/{team.organization}/teams/{team.slug}",
            "name": team.name,
            "slug": team.slug,
            "description": None,
            "privacy": "closed",
            "notification_setting": "notifications_enabled",
            "permission": "pull",
            "type": "organization",
            "members_url": f"{url}/members{{/member}}",
            "repositories_url": f"{url}/repos",
        }
        if with_parent:
            parent = self.store.team(team.organization, team.parent) if team.parent else None
            shown["parent"] = None if parent is None else self.team(parent, with_parent=False)
        return shown

    def team_full(self, team: Team) -> Json:
        """Render a team as its own page shows it."""
        return {
            **self.team(team),
            "created_at": iso(team.created),
            "updated_at": iso(team.created),
            "members_count": len(self.store.team_roles(team)),
            "repos_count": 0,
            "organization": self.organization(self.store.data.organizations[team.organization.lower()]),
        }

    def permissions(self, level: int) -> dict[str, bool]:
        """Render what a level allows."""
        keys = ("pull", "triage", "push", "maintain", "admin")
        return {key: level >= place for place, key in enumerate(keys, start=1)}

    def repository(self, repository: Repository, login: str | None) -> Json:
        """Render a repository as an account sees it."""
        url = f"{self.base}/repos/{repository.full_name}"
        html, links = f"{self.site}/{repository.full_name}", {}
        for name, tail in _REPOSITORY_LINKS.items():
            links[f"{name}_url"] = f"{url}{tail}" if tail.startswith("/") else f"{url}/{name}{tail}"
        shelf = self.store.shelf(repository.id)
        open_count = sum(self.store.data.issues[key].state == "open" for key in shelf.numbers.values())
        shown: Json = {
            "id": repository.id,
            "node_id": node_id("R", repository.id),
            "name": repository.name,
            "full_name": repository.full_name,
            "private": repository.private,
            "owner": self.owner(repository.owner),
            "html_url": html,
            "description": repository.description,
            "fork": False,
            "url": url,
            **links,
            **dict.fromkeys(("git_url", "ssh_url", "clone_url", "svn_url"), html),
            **dict.fromkeys(("homepage", "language", "mirror_url", "license")),
            **dict.fromkeys(("forks_count", "stargazers_count", "watchers_count", "size", "forks", "watchers"), 0),
            **dict.fromkeys(("network_count", "subscribers_count"), 0),
            **dict.fromkeys(("has_projects", "has_wiki", "has_pages", "has_discussions", "has_downloads"), False),
            "default_branch": "main",
            "open_issues_count": open_count,
            "open_issues": open_count,
            "has_issues": repository.has_issues,
            "archived": repository.archived,
            "disabled": False,
            "visibility": "private" if repository.private else "public",
            "is_template": False,
            "topics": [],
            **{key: iso(repository.created) for key in ("created_at", "pushed_at", "updated_at")},
        }
        if login is not None:
            shown["permissions"] = self.permissions(self.store.level(repository, login))
        return shown

    def collaborator(self, repository: Repository, login: str) -> Json:
        """Render an account with what it may do in a repository."""
        level = self.store.level(repository, login)
        return {**self.user(login), "permissions": self.permissions(level), "role_name": LEVELS[level]}
