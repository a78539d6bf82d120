"""Types of issues and issue fields: an organization defines them, its issues hold them."""

from collections.abc import Iterable
from typing import Unpack

from tierkeeper.plugins.github.sandbox.comments import Comments
from tierkeeper.plugins.github.sandbox.records import Field, Option, Organization, Repository
from tierkeeper.plugins.github.sandbox.state import When
from tierkeeper.plugins.sandbox.index import locked


class Fields(Comments):
    """What an organization adds to issues."""

    @locked
    def add_issue_type(self, organization: str, name: str) -> Option:
        """Let an organization's issues be of a type."""
        made = Option(id=self.next_id(), name=name)
        self.add_organization(organization).types.append(made)
        return made

    @locked
    def add_issue_field(
        self, organization: str, name: str, data_type: str = "single_select", options: Iterable[str] = ()
    ) -> Field:
        """Give an organization's issues a field: single_select, multi_select, text, number or date."""
        choices = [Option(id=self.next_id(), name=choice) for choice in options]
        made = Field(id=self.next_id(), name=name, data_type=data_type, options=choices)
        self.add_organization(organization).fields[made.id] = made
        return made

    def organization_of(self, repository: Repository) -> Organization | None:
        """Return the organization that a repository belongs to, if it does."""
        return self.data.organizations.get(repository.owner.lower())

    @locked
    def set_type(self, repo: str | int, number: int, name: str | None, actor: str, **how: Unpack[When]) -> bool:
        """Make an issue one of a type, or of none."""
        issue, organization = self.issue(repo, number), self.organization_of(self.repository(repo))
        known = {one.name.lower(): one.name for one in organization.types} if organization else {}
        wanted = None if name is None else known.get(name.lower())
        if name is not None and wanted is None:
            raise LookupError(f"no type {name!r}: add_issue_type first")
        if wanted == issue.type:
            return False
        kind = "changed" if wanted and issue.type else "added" if wanted else "removed"
        self.record(issue, f"issue_type_{kind}", actor, how, before=issue.type, after=wanted)
        issue.type = wanted
        return True

    @locked
    def set_field(
        self, repo: str | int, number: int, field: int, value: str | float | list[str] | None, **how: Unpack[When]
    ) -> None:
        """Set an issue's field, or clear it; as on GitHub's REST API no event says who did it."""
        issue = self.issue(repo, number)
        before = issue.fields.get(field)
        if value is None:
            issue.fields.pop(field, None)
        else:
            issue.fields[field] = value
        if before != value:
            self.touch(issue, self.moment(how.get("at")))
