"""Who is in a team."""

from tierkeeper.plugins.errors import NotFound, PermissionDenied
from tierkeeper.plugins.github.access import Access
from tierkeeper.plugins.github.convert import decode_users, to_account
from tierkeeper.plugins.model.change import UnknownMembers
from tierkeeper.plugins.model.desk import RoleSource
from tierkeeper.plugins.model.issue import Account
from tierkeeper.plugins.transport.paths import quote_segment


def read_members(access: Access, source: RoleSource) -> frozenset[Account] | UnknownMembers:
    """The members of a team, those of the teams below it included, as GitHub itself counts them."""
    organization, _, team = source.name.partition("/")
    if source.kind != "team" or not organization or not team or "/" in team:
        return UnknownMembers(f"{source}: GitHub has teams, written `organization/team`")
    path = f"/orgs/{quote_segment(organization)}/teams/{quote_segment(team)}/members?per_page=100"
    try:
        users = [user for answer in access.transport.pages(path) for user in decode_users(answer)]
    except (PermissionDenied, NotFound) as error:
        return UnknownMembers(
            f"the members of {source} cannot be read: {error}; check its name, and give our account the right: "
            "read:org for a classic token, `Members: read` for a fine-grained one or an App"
        )
    return frozenset(account for user in users if (account := to_account(user)) is not None)
