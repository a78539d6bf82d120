"""People, organizations, teams, and what the API says about itself."""

from tierkeeper.plugins.github.sandbox.messages import Refusal, Request, not_found, paged
from tierkeeper.plugins.github.sandbox.records import LEVELS, Organization, Team
from tierkeeper.plugins.github.sandbox.router import Router
from tierkeeper.plugins.sandbox.wire import Answer

ROUTES = Router()
VERSIONS = ("2022-11-28", "2026-03-10")


@ROUTES.add("GET", "/user")
def get_own_user(request: Request) -> Answer:
    """Show who asks."""
    return Answer(request.render.own_user(request.store.person(request.login)))


@ROUTES.add("GET", "/users/{login}")
def get_user(request: Request) -> Answer:
    """Show an account."""
    person = request.store.data.people.get(request.args["login"].lower())
    if person is None:
        raise not_found()
    return Answer(request.render.full_user(person))


@ROUTES.add("GET", "/versions")
def get_versions(request: Request) -> Answer:
    """List the API's versions."""
    del request
    return Answer(sorted(VERSIONS, reverse=True))


@ROUTES.add("GET", "/meta")
def get_meta(request: Request) -> Answer:
    """Say what kind of GitHub this is: below /api/v3 it is an Enterprise Server."""
    enterprise = {"installed_version": "3.18.0"} if request.render.base.endswith("/api/v3") else {}
    return Answer({"verifiable_password_authentication": False, **enterprise})


def _organization(request: Request) -> Organization:
    organization = request.store.data.organizations.get(request.args["org"].lower())
    if organization is None:
        raise not_found()
    return organization


def _team(request: Request) -> Team:
    """Return the team that the path names; only members of the organization see its teams."""
    if "team_id" in request.args:
        key = request.number("team_id")
        found = next((team for team in request.store.data.teams.values() if team.id == key), None)
    else:
        found = request.store.data.teams.get(f"{request.args['org']}/{request.args['slug']}".lower())
    if found is None or not _is_insider(request, found.organization):
        raise not_found()
    return found


def _is_insider(request: Request, organization: str) -> bool:
    """Whether who asks belongs to the organization, administers a repository of it, or is an app."""
    members = request.store.data.organizations[organization.lower()].members
    if request.login.lower() in members or request.app is not None:
        return True
    owned = [one for one in request.store.data.repositories.values() if one.owner.lower() == organization.lower()]
    return any(request.store.level(one, request.login) >= LEVELS.index("maintain") for one in owned)


@ROUTES.add("GET", "/orgs/{org}")
def get_organization(request: Request) -> Answer:
    """Show an organization."""
    return Answer(request.render.organization(_organization(request)))


@ROUTES.add("GET", "/orgs/{org}/members")
def list_members(request: Request) -> Answer:
    """List an organization's members."""
    organization, role = _organization(request), request.query.get("role", "all")
    logins = [login for login, held in organization.members.items() if role in ("all", held)]
    known = [login for login in logins if login in request.store.data.people]
    return paged(request, known, request.render.user)


@ROUTES.add("GET", "/orgs/{org}/members/{login}")
def check_member(request: Request) -> Answer:
    """Say whether somebody is a member of an organization."""
    if request.args["login"].lower() not in _organization(request).members:
        raise not_found()
    return Answer(status=204)


@ROUTES.add("GET", "/orgs/{org}/memberships/{login}")
def get_membership(request: Request) -> Answer:
    """Show a membership of an organization."""
    organization, login = _organization(request), request.args["login"].lower()
    if not _is_insider(request, organization.login):
        raise Refusal(403, "You must be a member of this organization.")
    if login not in organization.members:
        raise not_found()
    url = f"{request.render.base}/orgs/{organization.login}"
    return Answer(
        {
            "url": f"{url}/memberships/{login}",
            "state": "active",
            "role": organization.members[login],
            "organization_url": url,
            "organization": request.render.organization_simple(organization),
            "user": request.render.user(login),
        }
    )


@ROUTES.add("GET", "/orgs/{org}/teams")
def list_teams(request: Request) -> Answer:
    """List an organization's teams."""
    organization = _organization(request)
    if not _is_insider(request, organization.login):
        raise Refusal(403, "Must be a member of this organization.")
    teams = [one for one in request.store.data.teams.values() if one.organization.lower() == organization.login.lower()]
    return paged(request, teams, request.render.team)


@ROUTES.add("GET", "/orgs/{org}/teams/{slug}")
@ROUTES.add("GET", "/teams/{team_id}")
def get_team(request: Request) -> Answer:
    """Show a team."""
    return Answer(request.render.team_full(_team(request)))


@ROUTES.add("GET", "/orgs/{org}/teams/{slug}/teams")
@ROUTES.add("GET", "/teams/{team_id}/teams")
def list_child_teams(request: Request) -> Answer:
    """List the teams below a team."""
    return paged(request, request.store.child_teams(_team(request)), request.render.team)


@ROUTES.add("GET", "/orgs/{org}/teams/{slug}/members")
@ROUTES.add("GET", "/teams/{team_id}/members")
def list_team_members(request: Request) -> Answer:
    """List the members of a team and of the teams below it."""
    role = request.query.get("role", "all")
    roles = request.store.team_roles(_team(request))
    logins = sorted(login for login, held in roles.items() if role in ("all", held))
    return paged(request, [login for login in logins if login in request.store.data.people], request.render.user)


@ROUTES.add("GET", "/orgs/{org}/teams/{slug}/memberships/{login}")
@ROUTES.add("GET", "/teams/{team_id}/memberships/{login}")
def get_team_membership(request: Request) -> Answer:
    """Show a membership of a team, or of a team below it."""
    team, login = _team(request), request.args["login"].lower()
    role = request.store.team_roles(team).get(login)
    if role is None:
        raise not_found()
    url = f"{request.render.base}/orgs/{team.organization}/teams/{team.slug}/memberships/{login}"
    return Answer({"state": "active", "role": role, "url": url})
