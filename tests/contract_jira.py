"""What Jira's contract has wrong, how its paths are named, and the documents in its bodies."""

import copy
from collections.abc import Callable, Iterator
from typing import Any

import fastjsonschema
from contract_checker import METHODS, BodyCheck, Everywhere, Json, Patch

GATEWAY = "/ex/jira/"


def _bulk_times_are_numbers(document: Json) -> None:
    """`changelog/bulkfetch` shows `created` as a number, where its schema says date-time."""
    schemas = document["components"]["schemas"]
    schemas["BulkChangelog"] = copy.deepcopy(schemas["Changelog"])
    schemas["BulkChangelog"]["properties"]["created"] = {"type": "integer"}
    schemas["IssueChangeLog"]["properties"]["changeHistories"]["items"] = {"$ref": "#/components/schemas/BulkChangelog"}


def _values_that_were_not_there(document: Json) -> None:
    """A changelog's `from` and `to` are null where there was, or is, no value."""
    for name in ("from", "fromString", "to", "toString"):
        document["components"]["schemas"]["ChangeDetails"]["properties"][name]["nullable"] = True


def _server_info_is_open(document: Json) -> None:
    """`serverInfo` says more than its schema knows."""
    document["components"]["schemas"]["ServerInformation"]["additionalProperties"] = True


def _remote_links_are_a_list(document: Json) -> None:
    """Remote links come as a list, unless one is asked for by its globalId; the contract has only the one."""
    operation = document["paths"]["/rest/api/3/issue/{issueIdOrKey}/remotelink"]["get"]
    content = operation["responses"]["200"]["content"]["application/json"]
    content["schema"] = {"anyOf": [content["schema"], {"type": "array", "items": content["schema"]}]}


def _transition_ids_may_be_numbers(document: Json) -> None:
    """The jira package sends a transition's id as a number, and Jira takes it."""
    schemas = document["components"]["schemas"]
    schemas["IssueTransition"]["properties"]["id"] = {"anyOf": [{"type": "string"}, {"type": "integer"}]}


def _queries_may_be_validated_with_a_capital(document: Json) -> None:
    """The jira package sends `validateQuery=True` to the old search, which is gone anyway."""
    for parameter in document["paths"]["/rest/api/3/search"]["get"]["parameters"]:
        if parameter["name"] == "validateQuery":
            parameter["schema"]["enum"].append("True")


def _refusals_have_bodies(document: Json) -> None:
    """Most refusals are described in words only; in Jira they have a body all the same."""
    document["components"].setdefault("responses", {})["refusal"] = {
        "description": "refused",
        "content": {
            "application/json": {
                "schema": {
                    "anyOf": [
                        {"$ref": "#/components/schemas/ErrorCollection"},
                        {"type": "object", "required": ["message", "status-code"]},  # the site's 401
                        {"type": "object", "required": ["message", "code"]},  # the gateway's 401
                        {"type": "object", "required": ["issues", "errors"]},  # a bulk create, none of it done
                    ]
                }
            }
        },
    }
    for operations in document["paths"].values():
        for method in set(METHODS) & set(operations):
            for status, answer in operations[method]["responses"].items():
                if status >= "400":
                    answer.clear()
                    answer["$ref"] = "#/components/responses/refusal"


def _contents_are_files(document: Json) -> None:
    """What is in a file comes as it is: the contract describes the answer in words only."""
    operation = document["paths"]["/rest/api/3/attachment/content/{id}"]["get"]
    operation["responses"]["200"]["content"] = {"*/*": {}}


PATCHES: tuple[Patch, ...] = (
    _bulk_times_are_numbers,
    _values_that_were_not_there,
    _server_info_is_open,
    _remote_links_are_a_list,
    _transition_ids_may_be_numbers,
    _queries_may_be_validated_with_a_capital,
    _refusals_have_bodies,
    _contents_are_files,
)

EVERYWHERE: Everywhere = {
    "400": ("refusal", "a body that is no JSON, or a value refused, on any path"),
    "401": ("refusal", "a bad or missing token, on any path"),
    "403": ("refusal", "a missing permission, on any path"),
    "404": ("refusal", "what one may not see is not there, on any path"),
    "413": ("refusal", "a file that is too large"),
    "410": ("refusal", "the old search is gone, though the contract still describes it"),
    "429": ("refusal", "rate limits, on any path"),
    "500": ("refusal", "no contract promises that a server does not fail"),
    "502": ("refusal", "likewise"),
    "503": ("refusal", "likewise"),
}
"""Answers that any operation may give, each with the reason why the contract does not say so itself."""


def segments_of(path: str) -> list[str]:
    """Return the segments of a path as the contract has it: without the gateway, by the number of the version."""
    if path.startswith(GATEWAY):
        path = path.removeprefix(GATEWAY).partition("/")[2]
    return path.strip("/").replace("rest/api/latest/", "rest/api/3/", 1).split("/")


def document_checks(schema: Json) -> BodyCheck:
    """Return the check of the documents in two bodies: the contract says nothing of them, Atlassian's own schema does.

    fastjsonschema, because others do not finish on lists that are deep.
    """
    validate: Callable[[Any], Any] = fastjsonschema.compile(schema)

    def check(operation: str, sent: Any, answered: Any) -> list[str]:
        problems = []
        for side, body in (("request body", sent), ("answer", answered)):
            for place, found in _documents(body, is_comment="/comment" in operation):
                try:
                    validate(found)
                except fastjsonschema.JsonSchemaException as error:
                    problems.append(f"{side} {place}: no document: {str(error)[:200]}")
        return problems

    return check


def _documents(node: Any, place: str = "", *, is_comment: bool) -> Iterator[tuple[str, Any]]:
    """Yield what must be a document: descriptions, environments, comments, and whatever calls itself one."""
    if isinstance(node, list):
        for number, one in enumerate(node):
            yield from _documents(one, f"{place}/{number}", is_comment=is_comment)
        return
    if not isinstance(node, dict):
        return
    if node.get("type") == "doc":
        yield place, node
        return
    for name, value in node.items():
        here = f"{place}/{name}"
        must_be = (
            place.endswith("/fields") and name in ("description", "environment") and not _is_metadata(value)
        ) or (name == "body" and (is_comment or "author" in node))
        if must_be and value is not None and not (isinstance(value, dict) and value.get("type") == "doc"):
            yield here, value
        else:
            yield from _documents(value, here, is_comment=is_comment)


def _is_metadata(value: Any) -> bool:
    """Whether this says what a field may hold, as `editmeta` does, and is not what it holds."""
    return isinstance(value, dict) and {"schema", "required"} <= set(value)
