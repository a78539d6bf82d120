"""A Jira of one's own for the command line."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from tierkeeper.plugins.jira.sandbox import JiraSandbox
from tierkeeper.plugins.model.desk import FacetMap, Queue, RoleSource
from tierkeeper.plugins.model.promise import DUE
from tierkeeper.rules.policy import Policy
from tierkeeper.sync.cli.answers import SandboxUser
from tierkeeper.sync.cli.sites import OWN, logins, members, trackers_of, values_in
from tierkeeper.sync.eventlog.jira_target import JiraTarget
from tierkeeper.sync.eventlog.logmap import LogMap

PLATFORM = "jira"
DONE = "Done"


class JiraSite:
    """The Jira sandbox. An account's id is its name in the desk, and its e-mail address is at example.org."""

    def __init__(self, port: int = 0, state: Path | None = None, now: datetime | None = None) -> None:
        self.box = JiraSandbox(port, state, now)

    @property
    def places(self) -> list[str]:
        """The projects' keys."""
        return sorted(project.key for project in self.box.store.data.projects.values())

    @property
    def users(self) -> list[SandboxUser]:
        """Those who have a token."""
        people = self.box.store.data.users
        found = [(people[token.account_id], text) for text, token in self.box.store.data.tokens.items()]
        return [SandboxUser(login=user.handle, token=text, email=user.email) for user, text in found]

    def target(self, logmap: LogMap) -> JiraTarget:
        """The map's project."""
        return JiraTarget(self.box.store, logmap)

    def populate(self, policy: Policy) -> None:
        """Put a desk's people, groups, project roles and projects into it. What is there already stays."""
        store, trackers = self.box.store, trackers_of(policy, PLATFORM)
        people = policy.desk.people.values()
        names = {one.accounts[tracker]: one.name for one in people for tracker in trackers if tracker in one.accounts}
        for login in (OWN, *logins(policy, PLATFORM)):
            if login not in store.data.handles and login not in store.data.users:
                store.add_user(login, account_id=login, name=names.get(login, login), token=f"{login}-token")
        sources = {source for role in policy.desk.roles.values() for source in role.sources}
        for source in sorted(source for source in sources if source.kind == "group"):
            store.add_group(source.name, members=members(policy, PLATFORM, source))
        roles = sorted(source for source in sources if source.kind == "project_role")
        for queue in policy.queues.values():
            if queue.tracker in trackers and queue.place.upper() not in store.project_keys:
                self._add_project(policy, queue, roles)

    def _add_project(self, policy: Policy, queue: Queue, roles: Sequence[RoleSource]) -> None:
        """Add a project with the priorities, types of issues, statuses and fields that the desk's facets need."""
        store, fields = self.box.store, _fields(policy, queue)
        facet = policy.desk.facets.get(DUE)
        due = facet.maps.get(queue.tracker, FacetMap("field")).name if facet is not None else ""
        known = {field.name for field in store.every_field().values()} | set(store.every_field())
        for name, values in fields.items():
            if name not in known:
                kind = "datetime" if name == due else "option" if values else "string"
                store.add_field(name, type=kind, options=values)
        store.add_project(
            queue.place,
            workflow=self._workflow(policy, queue),
            issue_types=fields.get("issuetype") or [one.name for one in store.data.issue_types.values()],
            priorities=fields.get("priority") or [one.name for one in store.data.priorities.values()],
            roles={role.name: members(policy, PLATFORM, role) for role in roles},
            permissions={"ADMINISTER_PROJECTS": [OWN]},
        )

    def _workflow(self, policy: Policy, queue: Queue) -> str:
        """Name a workflow that has every status of the desk's facets, from anywhere to anywhere."""
        facets = [facet.maps[queue.tracker] for facet in policy.desk.facets.values() if queue.tracker in facet.maps]
        statuses = [status for kept in facets for status in kept.statuses.values()]
        if not statuses:
            return "Default"
        categories = {statuses[0]: "new", **dict.fromkeys(statuses[1:], "indeterminate"), DONE: "done"}
        ways = [(str(number), status, "*", status) for number, status in enumerate(categories, 11)]
        return self.box.store.add_workflow(f"{queue.place} statuses", statuses=categories, transitions=ways).name

    def environment(self, user: SandboxUser | None) -> str:
        """The e-mail address and the token."""
        email, token = (user.email, user.token) if user else ("<the e-mail address of that account>", "<its token>")
        return f"JIRA_EMAIL={email} JIRA_TOKEN={token}"

    def save(self, path: Path) -> None:
        """Write all of it to a state file."""
        self.box.store.save(path)


def _fields(policy: Policy, queue: Queue) -> Mapping[str, Sequence[str]]:
    """The native fields that the desk's facets live in, with their values."""
    maps = ((name, facet.maps.get(queue.tracker)) for name, facet in policy.desk.facets.items())
    return {
        kept.name: values_in(policy, queue, name) for name, kept in maps if kept is not None and kept.kind == "field"
    }
