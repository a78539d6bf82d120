"""Fields, priorities, workflows and projects: what an administrator sets up."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypedDict, Unpack

from tierkeeper.plugins.jira.sandbox.catalog import EDITABLE, SYSTEM_FIELDS
from tierkeeper.plugins.jira.sandbox.people import People
from tierkeeper.plugins.jira.sandbox.records import (
    Field,
    Issue,
    IssueType,
    Named,
    Project,
    Status,
    Transition,
    Workflow,
)
from tierkeeper.plugins.sandbox.index import locked

CUSTOM_KINDS = ("option", "datetime", "date", "string", "text", "number", "user", "labels")
"""The kinds of custom fields."""

Way = tuple[str, str, str | Sequence[str], str] | tuple[str, str, str | Sequence[str], str, Sequence[str]]
"""A transition as a test writes it: id, name, from (one, several, or `*`), to, and the fields that must be filled."""


class Screens(TypedDict, total=False):
    """The fields, by name or id, that a project's screens show; and those that must be filled on creating."""

    create: Sequence[str]
    edit: Sequence[str]
    required: Sequence[str]


class ProjectOptions(TypedDict, total=False):
    """What a project may be given; what is left out is a new site's."""

    name: str
    kind: str
    lead: str
    roles: Mapping[str, Sequence[str]]
    permissions: Mapping[str, Sequence[str]]
    workflow: str
    issue_types: Sequence[str]
    priorities: Sequence[str]
    components: Sequence[str]
    versions: Sequence[str]
    component_leads: Mapping[str, str]
    screens: Screens


class Projects(People):
    """Where issues live."""

    @locked
    def add_field(self, name: str, *, type: str = "string", options: Sequence[str] = ()) -> str:  # noqa: A002 - Jira's word
        """Add a custom field and return its id."""
        if type not in CUSTOM_KINDS:
            raise ValueError(f"no custom field holds {type!r}; there are {', '.join(CUSTOM_KINDS)}")
        field = Field(id=f"customfield_{self.next_id()}", name=name, kind=type, custom=True)
        field.options = [Named(id=str(self.next_id()), name=option) for option in options]
        self.data.fields[field.id] = field
        return field.id

    @locked
    def add_priority(self, name: str) -> str:
        """Add a priority to the site, the lowest so far, and return its id."""
        key = str(self.next_id())
        self.data.priorities[key] = Named(id=key, name=name)
        return key

    @locked
    def add_issue_type(self, name: str) -> str:
        """Add a type of issues to the site and return its id."""
        key = str(self.next_id())
        self.data.issue_types[key] = IssueType(id=key, name=name)
        return key

    @locked
    def add_workflow(
        self, name: str, *, statuses: Mapping[str, str], transitions: Sequence[Way], resolves: bool = True
    ) -> Workflow:
        """Add a workflow: statuses with their categories, the first one's an issue's first, and the ways between.

        A status of a name that the site has is that one. A required field is on its transition's screen.
        """
        keys = {status: self._status(status, category).id for status, category in statuses.items()}
        made = []
        for key, way, source, target, *more in transitions:
            sources = None if source == "*" else [source] if isinstance(source, str) else list(source)
            required = [self.field(one).id for one in (more[0] if more else ())]
            made.append(
                Transition(
                    id=key,
                    name=way,
                    sources=None if sources is None else [keys[one] for one in sources],
                    target=keys[target],
                    required=required,
                    fields=required,
                )
            )
        workflow = Workflow(name=name, statuses=list(keys.values()), transitions=made, resolves=resolves)
        self.data.workflows[name] = workflow
        return workflow

    @locked
    def show_on_transition(self, workflow: str, transition: str, fields: Iterable[str]) -> None:
        """Put fields on a transition's screen that need not be filled."""
        for one in self.data.workflows[workflow].transitions:
            if one.id == transition:
                one.fields = [*one.fields, *(self.field(name).id for name in fields)]

    def _status(self, name: str, category: str) -> Status:
        for status in self.data.statuses.values():
            if status.name == name:
                return status
        status = Status(id=str(self.next_id()), name=name, category=category)
        self.data.statuses[status.id] = status
        return status

    @locked
    def add_project(self, key: str, **options: Unpack[ProjectOptions]) -> Project:
        """Add a project; `kind` is software, service_desk or business."""
        types, levels = options.get("issue_types"), options.get("priorities")
        screens, lead = options.get("screens", {}), options.get("lead")
        project = Project(
            id=self.next_id(),
            key=key,
            name=options.get("name") or key.capitalize(),
            kind=options.get("kind", "software"),
            lead=None if lead is None else self.user(lead).account_id,
            issue_types=list(self.data.issue_types) if types is None else [self._type(name) for name in types],
            priorities=list(self.data.priorities) if levels is None else [self._priority(name) for name in levels],
            components=[Named(id=str(self.next_id()), name=name) for name in options.get("components", ())],
            versions=[Named(id=str(self.next_id()), name=name) for name in options.get("versions", ())],
            workflow=options.get("workflow", "Default"),
            permissions={name: list(holders) for name, holders in options.get("permissions", {}).items()},
            create_screen=self._screen(screens.get("create")),
            edit_screen=self._screen(screens.get("edit")),
            required=self._screen(screens.get("required")) or [],
        )
        ids = {component.name: component.id for component in project.components}
        for name, login in options.get("component_leads", {}).items():
            project.component_leads[ids[name]] = self.user(login).account_id
        for role, holders in options.get("roles", {}).items():
            project.roles[self.role(role).id] = list(holders)
        self.data.projects[project.id] = project
        self.index_projects()
        return project

    def _screen(self, names: Sequence[str] | None) -> list[str] | None:
        return None if names is None else [self.field(name).id for name in names]

    def _type(self, name: str) -> str:
        known = {one.name: key for key, one in self.data.issue_types.items()}
        return known.get(name) or self.add_issue_type(name)

    def _priority(self, name: str) -> str:
        known = {one.name: key for key, one in self.data.priorities.items()}
        return known.get(name) or self.add_priority(name)

    @locked
    def set_role(self, key: str, role: str, holders: Iterable[str]) -> None:
        """Say who has a role in a project: people, and `group:NAME`."""
        self.project(key).roles[self.role(role).id] = list(holders)

    @locked
    def set_permission(self, key: str, permission: str, holders: Iterable[str]) -> None:
        """Say who may do something in a project: people, `group:NAME`, `role:NAME`, `*` or `anyone`."""
        self.project(key).permissions[permission] = list(holders)

    @locked
    def rename_project(self, key: str, new_key: str) -> None:
        """Give a project another key: issues have it from now on, the old one leads to the same place."""
        project = self.project(key)
        project.old_keys.append(project.key)
        project.key = new_key
        project.old_keys = [old for old in project.old_keys if old != new_key]
        self.index_projects()

    def field(self, name: str) -> Field:
        """The field of that id or name; LookupError if there is none."""
        field = SYSTEM_FIELDS.get(name) or self.data.fields.get(name)
        if field is None:
            every = [*SYSTEM_FIELDS.values(), *self.data.fields.values()]
            field = next((one for one in every if one.name.lower() == name.lower()), None)
        if field is None:
            raise LookupError(f"no field {name!r}: add_field({name!r}) first")
        return field

    def every_field(self) -> dict[str, Field]:
        """All fields by id."""
        return SYSTEM_FIELDS | self.data.fields

    def project(self, key: str) -> Project:
        """The project of that key or id, or that had that key; LookupError if there is none."""
        number = int(key) if key.isascii() and key.isdigit() else self.project_keys.get(key.upper())
        project = None if number is None else self.data.projects.get(number)
        if project is None:
            raise LookupError(f"no project {key!r}: add_project({key!r}) first")
        return project

    def workflow(self, project: Project) -> Workflow:
        """A project's workflow."""
        return self.data.workflows[project.workflow]

    def screen(self, project: Project, *, creating: bool) -> list[str]:
        """The fields on a project's screen."""
        chosen = project.create_screen if creating else project.edit_screen
        if chosen is not None:
            return chosen
        return [*(one for one in EDITABLE if not creating or one not in ("comment", "worklog")), *self.data.fields]

    def transitions(self, issue: Issue) -> list[Transition]:
        """The ways out of an issue's status."""
        here = issue.values["status"]
        ways = self.workflow(self.data.projects[issue.project]).transitions
        return [way for way in ways if (way.sources is None and way.target != here) or here in (way.sources or [])]
