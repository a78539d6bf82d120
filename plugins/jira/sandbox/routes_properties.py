"""Properties of issues and comments: JSON under a key, for programs."""

from collections.abc import Callable
from typing import Any

import msgspec

from tierkeeper.plugins.jira.sandbox.messages import Refusal, Request, Router
from tierkeeper.plugins.jira.sandbox.records import Json
from tierkeeper.plugins.sandbox.wire import Answer

ROUTES = Router()
MAX_PROPERTY = 32_768
MAX_KEY = 255


def _of_issue(request: Request) -> tuple[Json, str]:
    """Return an issue's properties, and where they are."""
    issue = request.issue(request.args["owner"])
    if request.method != "GET" and not request.may("EDIT_ISSUES", request.place(issue), issue):
        raise Refusal(403, "You do not have permission to edit this issue.")
    return issue.properties, f"issue/{issue.id}/properties"


def _of_comment(request: Request) -> tuple[Json, str]:
    """Return a comment's properties, and where they are."""
    comment = request.comment(request.args["owner"])
    issue = request.store.data.issues[comment.issue]
    whose = "OWN" if comment.author == request.me else "ALL"
    if request.method != "GET" and not request.may(f"EDIT_{whose}_COMMENTS", request.place(issue), issue):
        raise Refusal(403, "You do not have permission to edit this comment.")
    return comment.properties, f"comment/{comment.id}/properties"


def _serve(path: str, find: Callable[[Request], tuple[Json, str]]) -> None:
    """Let properties be listed, read, written and deleted below a path."""

    @ROUTES.add("GET", f"{path}/properties")
    def keys(request: Request) -> Answer:
        properties, place = find(request)
        return Answer({"keys": [{"self": request.render.api(f"{place}/{key}"), "key": key} for key in properties]})

    @ROUTES.add("GET", f"{path}/properties/{{property}}")
    def read(request: Request) -> Answer:
        properties, _ = find(request)
        key = _known(properties, request.args["property"])
        return Answer({"key": key, "value": properties[key]})

    @ROUTES.add("PUT", f"{path}/properties/{{property}}")
    def write(request: Request) -> Answer:
        properties, _ = find(request)
        key, value = request.args["property"], _value(request)
        is_new = key not in properties
        properties[key] = value
        return Answer({}, 201 if is_new else 200)

    @ROUTES.add("DELETE", f"{path}/properties/{{property}}")
    def delete(request: Request) -> Answer:
        properties, _ = find(request)
        del properties[_known(properties, request.args["property"])]
        return Answer(status=204)


def _known(properties: Json, key: str) -> str:
    if key not in properties:
        raise Refusal(404, f"The property with key '{key}' does not exist.")
    return key


def _value(request: Request) -> Any:
    value = request.json()
    if len(request.args["property"]) > MAX_KEY or len(msgspec.json.encode(value)) > MAX_PROPERTY:
        raise Refusal(400, f"A key has at most {MAX_KEY} characters, a value {MAX_PROPERTY}.")
    return value


_serve("/issue/{owner}", _of_issue)
_serve("/comment/{owner}", _of_comment)
