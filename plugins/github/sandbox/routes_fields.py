"""Types of issues and issue fields."""

from typing import Any

from tierkeeper.plugins.github.sandbox.messages import Refusal, Request, invalid, not_found, paged, text_of
from tierkeeper.plugins.github.sandbox.records import Field, Issue, Organization
from tierkeeper.plugins.github.sandbox.router import Router
from tierkeeper.plugins.sandbox.wire import Answer

ROUTES = Router()
MAX_VALUES = 25


def _organization(request: Request) -> Organization:
    name = request.args.get("org") or request.repository.owner
    organization = request.store.data.organizations.get(name.lower())
    if organization is None:
        raise not_found()
    return organization


@ROUTES.add("GET", "/orgs/{org}/issue-types")
@ROUTES.in_repository("GET", "/issue-types")
def list_types(request: Request) -> Answer:
    """List an organization's types of issues."""
    return Answer([request.render.issue_type(one) for one in _organization(request).types])


@ROUTES.add("GET", "/orgs/{org}/issue-fields")
def list_fields(request: Request) -> Answer:
    """List an organization's issue fields; only members see them."""
    organization = _organization(request)
    if request.login.lower() not in organization.members and request.app is None:
        raise not_found()
    return Answer([request.render.field(field) for field in organization.fields.values()])


def _value_of(field: Field, value: Any) -> str | float | list[str]:
    """Return a value that fits a field."""
    names = [option.name for option in field.options]
    fits = {
        "single_select": value in names,
        "multi_select": isinstance(value, list) and all(one in names for one in value),
        "number": isinstance(value, int | float),
    }.get(field.data_type, isinstance(value, str))
    if not fits:
        raise invalid("IssueFieldValue", "value", "invalid", f"{value!r} is no value of {field.name}")
    return list(value) if isinstance(value, list) else value if isinstance(value, str) else float(value)


def _values(request: Request, body: dict[str, Any]) -> dict[int, str | float | list[str]]:
    given = body.get("issue_field_values") or []
    if len(given) > MAX_VALUES:
        raise Refusal(422, f"At most {MAX_VALUES} values can be set.")
    fields, found = _organization(request).fields, {}
    for one in given:
        field = fields.get(one.get("field_id", 0))
        if field is None:
            raise invalid("IssueFieldValue", "field_id", "invalid")
        found[field.id] = _value_of(field, one.get("value"))
    return found


def _type_of(body: dict[str, Any]) -> str | None:
    given = body["type"]
    return text_of(given, "value") if isinstance(given, dict) else text_of(body, "type")


def check_extras(request: Request, body: dict[str, Any]) -> None:
    """Refuse a type or fields that are not there, before anything is written."""
    if not request.may("write"):
        return
    if body.get("type") is not None:
        name = (_type_of(body) or "").lower()
        if name and name not in {one.name.lower() for one in _organization(request).types}:
            raise invalid("Issue", "type", "invalid")
    if "issue_field_values" in body:
        _values(request, body)


def write_extras(request: Request, issue: Issue, body: dict[str, Any]) -> None:
    """Write the type and fields that come with an issue: without write access they are dropped without a word."""
    if not request.may("write"):
        return
    if "type" in body:
        request.store.set_type(issue.repository, issue.number, _type_of(body) or None, request.login, **request.how)
    if "issue_field_values" in body:
        for key, value in _values(request, body).items():
            request.store.set_field(issue.repository, issue.number, key, value)


@ROUTES.in_repository("GET", "/issues/{number}/issue-field-values")
def list_values(request: Request) -> Answer:
    """List what an issue's fields hold."""
    return paged(request, request.render.field_values(request.issue()), lambda shown: shown)


@ROUTES.in_repository("POST", "/issues/{number}/issue-field-values")
@ROUTES.in_repository("PUT", "/issues/{number}/issue-field-values")
def set_values(request: Request) -> Answer:
    """Set an issue's fields: POST beside the others, PUT instead of them; POST of nothing clears them all."""
    issue = request.issue()
    request.need("write")
    values = _values(request, request.fields())
    if request.method == "PUT" or not values:
        for key in set(issue.fields) - set(values):
            request.store.set_field(issue.repository, issue.number, key, None)
    for key, value in values.items():
        request.store.set_field(issue.repository, issue.number, key, value)
    return Answer(request.render.field_values(issue))


@ROUTES.in_repository("DELETE", "/issues/{number}/issue-field-values/{field}")
def clear_value(request: Request) -> Answer:
    """Clear a field of an issue."""
    issue = request.issue()
    request.need("write")
    if request.number("field") not in issue.fields:
        raise not_found()
    request.store.set_field(issue.repository, issue.number, request.number("field"), None)
    return Answer(status=204)
