"""Accounts, tokens, groups, roles, and who may do what."""

from collections.abc import Iterable
from datetime import datetime
from typing import TypedDict, Unpack
from uuid import NAMESPACE_URL, uuid5

from tierkeeper.plugins.jira.sandbox.catalog import GUARDED_PERMISSIONS
from tierkeeper.plugins.jira.sandbox.records import Group, Issue, Project, Role, Token, User
from tierkeeper.plugins.jira.sandbox.state import State
from tierkeeper.plugins.sandbox.clock import to_milliseconds
from tierkeeper.plugins.sandbox.index import locked

ANYBODY = "*"
"""Stands for every account on the site in a list of holders; customers are none."""


class UserOptions(TypedDict, total=False):
    """What an account may be given; `kind` is atlassian, app or customer."""

    email: str
    token: str
    kind: str
    name: str
    account_id: str
    time_zone: str
    active: bool


class People(State):
    """Who there is."""

    @locked
    def add_user(self, handle: str, **options: Unpack[UserOptions]) -> str:
        """Add an account, or change one that is there, and return its account id."""
        account_id = options.get("account_id") or self.data.handles.get(handle) or f"acc-{handle}"
        self.data.users[account_id] = User(
            account_id=account_id,
            handle=handle,
            name=options.get("name") or handle,
            email=options.get("email") or f"{handle}@example.org",
            kind=options.get("kind", "atlassian"),
            time_zone=options.get("time_zone", "Etc/UTC"),
            active=options.get("active", True),
        )
        self.data.handles[handle] = account_id
        if options.get("token"):
            self.add_token(handle, options["token"])
        return account_id

    @locked
    def add_token(
        self, person: str, token: str, *, scopes: Iterable[str] | None = None, expires: datetime | None = None
    ) -> Token:
        """Give an account a credential; one with scopes works below the gateway only."""
        self.data.tokens[token] = Token(
            account_id=self.user(person).account_id,
            scopes=None if scopes is None else list(scopes),
            expires=None if expires is None else to_milliseconds(expires),
        )
        return self.data.tokens[token]

    @locked
    def revoke_token(self, token: str) -> None:
        """Make a credential worthless."""
        del self.data.tokens[token]

    @locked
    def set_active(self, person: str, *, active: bool) -> None:
        """Deactivate an account, or wake it up again."""
        self.user(person).active = active

    @locked
    def add_group(self, name: str, *, members: Iterable[str] = ()) -> Group:
        """Add a group, or members to one that is there."""
        group = self.data.groups.get(name)
        if group is None:
            group = Group(id=str(uuid5(NAMESPACE_URL, f"group:{name}")), name=name)
            self.data.groups[name] = group
        for member in members:
            account_id = self.user(member).account_id
            if account_id not in group.members:
                group.members.append(account_id)
        return group

    @locked
    def remove_group_member(self, name: str, person: str) -> None:
        """Put somebody out of a group."""
        self.group(name).members.remove(self.user(person).account_id)

    @locked
    def set_global_permission(self, permission: str, holders: Iterable[str]) -> None:
        """Say who has a permission of the site: people, `group:NAME`, or `*`."""
        self.data.global_permissions[permission] = list(holders)

    def user(self, person: str) -> User:
        """The account of that handle or account id; LookupError if there is none."""
        user = self.data.users.get(self.data.handles.get(person, person))
        if user is None:
            raise LookupError(f"no account {person!r}: add_user({person!r}) first")
        return user

    def group(self, name: str) -> Group:
        """The group of that name or id; LookupError if there is none."""
        group = self.data.groups.get(name) or next((one for one in self.data.groups.values() if one.id == name), None)
        if group is None:
            raise LookupError(f"no group {name!r}: add_group({name!r}) first")
        return group

    @locked
    def role(self, name: str) -> Role:
        """The project role of that name; made when it is new."""
        for role in self.data.roles.values():
            if role.name == name:
                return role
        role = Role(id=self.next_id(), name=name)
        self.data.roles[role.id] = role
        return role

    def in_group(self, account_id: str, name: str) -> bool:
        """Whether somebody is in a group."""
        group = self.data.groups.get(name)
        return group is not None and account_id in group.members

    def in_role(self, account_id: str, project: Project, name: str) -> bool:
        """Whether somebody has a role in a project, in person or through a group."""
        holders = project.roles.get(self.role(name).id, [])
        return self._holds(account_id, holders, project)

    def _holds(self, account_id: str, holders: Iterable[str], project: Project | None) -> bool:
        for holder in holders:
            kind, _, name = holder.partition(":")
            if holder == ANYBODY:
                if self.data.users[account_id].kind != "customer":
                    return True
            elif kind == "group" and name:
                if self.in_group(account_id, name):
                    return True
            elif kind == "role" and name and project is not None:
                if self.in_role(account_id, project, name):
                    return True
            elif self.data.handles.get(holder, holder) == account_id:
                return True
        return False

    def may_globally(self, account_id: str, permission: str) -> bool:
        """Whether somebody has a permission of the site; administrators have all."""
        held = self.data.global_permissions
        return self._holds(account_id, held.get(permission, []), None) or self._holds(
            account_id, held["ADMINISTER"], None
        )

    def may(self, account_id: str, permission: str, project: Project, issue: Issue | None = None) -> bool:
        """Whether somebody may do something in a project.

        A customer sees and comments on their own request in a service project, and does nothing else.
        """
        if self.data.users[account_id].kind == "customer":
            own = issue is not None and account_id == issue.values.get("reporter") and project.kind == "service_desk"
            return own and permission in ("BROWSE_PROJECTS", "ADD_COMMENTS")
        holders = project.permissions.get(permission)
        if holders is not None:
            return self._holds(account_id, holders, project)
        return permission not in GUARDED_PERMISSIONS or self.may_globally(account_id, "ADMINISTER")
