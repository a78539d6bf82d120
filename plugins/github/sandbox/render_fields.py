"""Types of issues and issue fields as GitHub shows them."""

from typing import Any

from tierkeeper.plugins.github.sandbox.records import Field, Issue, Option
from tierkeeper.plugins.github.sandbox.render_people import Json, PeopleRenderer, node_id


class FieldsRenderer(PeopleRenderer):
    """Types and fields as JSON."""

    def option(self, option: Option) -> Json:
        """Render a choice."""
        return {"id": option.id, "name": option.name, "color": option.color}

    def issue_type(self, one: Option) -> Json:
        """Render a type of issue."""
        return {**self.option(one), "node_id": node_id("IT", one.id), "description": None, "is_enabled": True}

    def type_named(self, issue: Issue, name: str | None) -> Json | None:
        """Render the type of an issue by its name."""
        organization = self.store.organization_of(self.store.data.repositories[issue.repository])
        types = organization.types if organization else []
        return next((self.issue_type(one) for one in types if one.name == name), None)

    def field(self, field: Field) -> Json:
        """Render a field."""
        chosen = field.data_type in ("single_select", "multi_select")
        return {
            "id": field.id,
            "node_id": node_id("IF", field.id),
            "name": field.name,
            "description": None,
            "data_type": field.data_type,
            "visibility": "all",
            "options": [self.option(option) for option in field.options] if chosen else None,
        }

    def field_values(self, issue: Issue) -> list[Json]:
        """Render what an issue's fields hold."""
        organization = self.store.organization_of(self.store.data.repositories[issue.repository])
        fields = organization.fields if organization else {}
        return [self._field_value(fields[key], value) for key, value in issue.fields.items() if key in fields]

    def _field_value(self, field: Field, value: Any) -> Json:
        names = value if isinstance(value, list) else [value]
        chosen = [self.option(option) for option in field.options if option.name in names]
        shown: Json = {
            "issue_field_id": field.id,
            "issue_field_name": field.name,
            "node_id": node_id("IFV", field.id),
            "data_type": field.data_type,
            "value": ",".join(value) if isinstance(value, list) else value,
        }
        if field.data_type == "single_select":
            shown["single_select_option"] = chosen[0] if chosen else None
            shown["value"] = chosen[0]["id"] if chosen else None
        if field.data_type == "multi_select":
            shown["multi_select_options"] = chosen
        return shown
