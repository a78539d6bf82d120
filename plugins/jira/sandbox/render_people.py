"""Accounts, projects, fields and schemes, as Jira shows them."""

from typing import Any

from tierkeeper.plugins.jira.sandbox.catalog import CATEGORIES, LINK_TYPES, SYSTEM_FIELDS
from tierkeeper.plugins.jira.sandbox.records import Field, Json, Named, Project, User
from tierkeeper.plugins.jira.sandbox.store import Store

_SCHEMAS: dict[str, Json] = {
    "user": {"type": "user"},
    "text": {"type": "string"},
    "string": {"type": "string"},
    "time": {"type": "datetime"},
    "datetime": {"type": "datetime"},
    "date": {"type": "date"},
    "seconds": {"type": "number"},
    "number": {"type": "number"},
    "option": {"type": "option"},
    "parent": {"type": "issuelink"},
    "labels": {"type": "array", "items": "string"},
    "components": {"type": "array", "items": "component"},
    "versions": {"type": "array", "items": "version"},
    "issuelinks": {"type": "array", "items": "issuelinks"},
    "subtasks": {"type": "array", "items": "issuelinks"},
    "comment": {"type": "comments-page"},
    "worklog": {"type": "array", "items": "worklog"},
}
_CUSTOM = "com.atlassian.jira.plugin.system.customfieldtypes:"
_CUSTOM_TYPES = {
    "option": "select",
    "datetime": "datetime",
    "date": "datepicker",
    "string": "textfield",
    "text": "textarea",
    "number": "float",
    "user": "userpicker",
    "labels": "labels",
}
_OPERATIONS = {
    "labels": ["add", "set", "remove"],
    "components": ["add", "set", "remove"],
    "versions": ["add", "set", "remove"],
    "comment": ["add", "edit", "remove"],
    "worklog": ["add", "edit", "remove"],
    "issuelinks": ["add", "copy"],
    "timetracking": ["set", "edit"],
}


class PeopleRenderer:
    """Turns records into JSON for one viewer."""

    def __init__(self, store: Store, base: str, viewer: User | None) -> None:
        self.store = store
        self.base = base
        self.viewer = viewer
        self._people: dict[str, Json] = {}
        self._shown: dict[tuple[str, str], Json] = {}

    def api(self, path: str) -> str:
        """An address on the site: behind the gateway it is the wrong one, as in Jira."""
        return f"{self.base}/rest/api/3/{path}"

    def person(self, account_id: str | None) -> Json | None:
        """An account; its e-mail is shown to itself only."""
        if account_id is None:
            return None
        if account_id not in self._people:
            user = self.store.data.users[account_id]
            shown = {
                "self": self.api(f"user?accountId={account_id}"),
                "accountId": account_id,
                "accountType": user.kind,
                "avatarUrls": self.avatars(),
                "displayName": user.name,
                "active": user.active,
                "timeZone": user.time_zone,
            }
            if self.viewer is not None and self.viewer.account_id == account_id:
                shown["emailAddress"] = user.email
            self._people[account_id] = shown
        return self._people[account_id]

    def avatars(self) -> Json:
        """Pictures, which nobody looks at."""
        return {f"{size}x{size}": f"{self.base}/avatar/{size}" for size in (48, 24, 16, 32)}

    def _once(self, kind: str, key: str, made: Json) -> Json:
        return self._shown.setdefault((kind, key), made)

    def status(self, key: str) -> Json:
        """A status with its category."""
        if ("status", key) in self._shown:
            return self._shown["status", key]
        status = self.store.data.statuses[key]
        shown = {
            "self": self.api(f"status/{key}"),
            "description": "",
            "iconUrl": f"{self.base}/images/icons/status.png",
            "name": status.name,
            "id": key,
            "statusCategory": self.category(status.category),
        }
        return self._once("status", key, shown)

    def category(self, key: str) -> Json:
        """A status category."""
        number, color, name = CATEGORIES[key]
        address = self.api(f"statuscategory/{number}")
        return {"self": address, "id": number, "key": key, "colorName": color, "name": name}

    def priority(self, key: str, *, full: bool = False) -> Json:
        """A priority; lists of priorities say more."""
        named = self.store.data.priorities[key]
        shown: Json = {"self": self.api(f"priority/{key}"), "iconUrl": f"{self.base}/images/priority.svg"}
        shown |= {"name": named.name, "id": key}
        return {**shown, "statusColor": "#707070", "description": "", "isDefault": False} if full else shown

    def issue_type(self, key: str) -> Json:
        """A type of issues."""
        kind = self.store.data.issue_types[key]
        return {
            "self": self.api(f"issuetype/{key}"),
            "id": key,
            "description": "",
            "iconUrl": f"{self.base}/images/type.svg",
            "name": kind.name,
            "subtask": kind.subtask,
            "hierarchyLevel": -1 if kind.subtask else 0,
        }

    def resolution(self, key: str) -> Json:
        """A resolution."""
        named = self.store.data.resolutions[key]
        return {"self": self.api(f"resolution/{key}"), "id": key, "description": "", "name": named.name}

    def option(self, field: Field, key: str) -> Json:
        """An option of a custom field."""
        name = next(one.name for one in field.options if one.id == key)
        return {"self": self.api(f"customFieldOption/{key}"), "value": name, "id": key}

    def component(self, named: Named) -> Json:
        """A component."""
        return {"self": self.api(f"component/{named.id}"), "id": named.id, "name": named.name}

    def version(self, named: Named) -> Json:
        """A version, neither released nor archived."""
        shown = {"self": self.api(f"version/{named.id}"), "id": named.id, "name": named.name}
        return {**shown, "archived": False, "released": False}

    def components(self, project: Project) -> list[Json]:
        """A project's components, each with its lead if it has one."""
        shown = []
        for one in project.components:
            lead = project.component_leads.get(one.id)
            rest: Json = {"project": project.key, "projectId": project.id, "assigneeType": "PROJECT_DEFAULT"}
            rest |= {} if lead is None else {"lead": self.person(lead)}
            shown.append({**self.component(one), **rest})
        return shown

    def link_type(self, name: str) -> Json:
        """A type of links between issues."""
        key, inward, outward = LINK_TYPES[name]
        return {"id": key, "name": name, "inward": inward, "outward": outward, "self": self.api(f"issueLinkType/{key}")}

    def project(self, project: Project) -> Json:
        """A project, as an issue and a list show it."""
        return {
            "self": self.api(f"project/{project.id}"),
            "id": str(project.id),
            "key": project.key,
            "name": project.name,
            "projectTypeKey": project.kind,
            "simplified": False,
            "avatarUrls": self.avatars(),
        }

    def project_in_full(self, project: Project) -> Json:
        """A project by itself."""
        shown = {
            **self.project(project),
            "description": "",
            "issueTypes": [self.issue_type(key) for key in project.issue_types],
            "components": [self.component(one) for one in project.components],
            "assigneeType": "UNASSIGNED",
            "versions": [self.version(one) for one in project.versions],
            "roles": self.roles(project),
            "style": "classic",
            "isPrivate": False,
            "properties": {},
        }
        return shown if project.lead is None else {**shown, "lead": self.person(project.lead)}

    def roles(self, project: Project) -> Json:
        """Where a project's roles are, by name."""
        return {role.name: self.api(f"project/{project.id}/role/{role.id}") for role in self.store.data.roles.values()}

    @staticmethod
    def schema(field: Field) -> Json:
        """What kind of value a field holds."""
        shown = dict(_SCHEMAS.get(field.kind, {"type": field.kind.lower()}))
        if field.custom:
            return {**shown, "custom": _CUSTOM + _CUSTOM_TYPES[field.kind], "customId": int(field.id.partition("_")[2])}
        return {**shown, "system": field.id}

    def field(self, field: Field) -> Json:
        """A field, as the list of fields shows it."""
        clauses = [f"cf[{field.id.partition('_')[2]}]", field.name] if field.custom else [field.id]
        return {
            "id": field.id,
            "key": field.id,
            "name": field.name,
            "custom": field.custom,
            "orderable": True,
            "navigable": field.id not in ("comment", "worklog"),
            "searchable": True,
            "clauseNames": clauses,
            "schema": self.schema(field),
        }

    def field_on_screen(self, field: Field, project: Project, *, required: bool) -> Json:
        """A field, as a screen shows it."""
        shown: Json = {
            "required": required,
            "schema": self.schema(field),
            "name": field.name,
            "key": field.id,
            "hasDefaultValue": False,
            "operations": _OPERATIONS.get(field.kind, ["set"]),
        }
        allowed = self._allowed(field, project)
        return shown if allowed is None else {**shown, "allowedValues": allowed}

    def _allowed(self, field: Field, project: Project) -> list[Any] | None:
        if field.kind == "priority":
            return [self.priority(key) for key in project.priorities]
        if field.kind == "issuetype":
            return [self.issue_type(key) for key in project.issue_types]
        if field.kind == "resolution":
            return [self.resolution(key) for key in self.store.data.resolutions]
        if field.kind == "option":
            return [self.option(field, one.id) for one in field.options]
        if field.kind in ("components", "versions"):
            kept = [self.component(one) for one in project.components]
            return kept if field.kind == "components" else [self.version(one) for one in project.versions]
        return [self.project(project)] if field.kind == "project" else None

    def names(self, keys: list[str]) -> Json:
        """Names of fields by id."""
        fields = SYSTEM_FIELDS | self.store.data.fields
        return {key: fields[key].name for key in keys}
