"""Transitions: the ways out of an issue's status."""

from typing import Any

from tierkeeper.plugins.jira.sandbox.editing import Editor
from tierkeeper.plugins.jira.sandbox.messages import Refusal, Request, Router
from tierkeeper.plugins.jira.sandbox.records import Issue, Json, Transition
from tierkeeper.plugins.sandbox.wire import Answer

ROUTES = Router()


def _ways(request: Request, issue: Issue) -> list[Transition]:
    if not request.may("TRANSITION_ISSUES", request.place(issue), issue):
        return []
    return request.store.transitions(issue)


def show_transitions(request: Request, issue: Issue, *, with_fields: bool) -> list[Json]:
    """Return the ways that are open to who asks; the fields on their screens only if asked for."""
    shown = []
    for way in _ways(request, issue):
        one: Json = {
            "id": way.id,
            "name": way.name,
            "to": request.render.status(way.target),
            "hasScreen": bool(way.fields),
            "isGlobal": way.sources is None,
            "isInitial": False,
            "isAvailable": True,
            "isConditional": False,
            "looped": False,
        }
        if with_fields:
            one["fields"] = _fields(request, issue, way)
        shown.append(one)
    return shown


def _fields(request: Request, issue: Issue, way: Transition) -> Json:
    every, project = request.store.every_field(), request.place(issue)
    return {
        name: request.render.field_on_screen(every[name], project, required=name in way.required) for name in way.fields
    }


@ROUTES.on_issue("GET", "/transitions")
def list_transitions(request: Request) -> Answer:
    """List the ways out of an issue's status."""
    issue, wanted = request.issue(), request.value("transitionId")
    shown = show_transitions(request, issue, with_fields="transitions.fields" in request.values("expand"))
    chosen = [one for one in shown if not wanted or one["id"] == wanted]
    return Answer({"expand": "transitions", "transitions": chosen})


@ROUTES.on_issue("POST", "/transitions")
def do_transition(request: Request) -> Answer:
    """Go a way: what its screen requires must be filled, and nothing else may be."""
    issue, body = request.issue(), request.fields()
    given: Any = body.get("transition")
    wanted = str(given.get("id", "")) if isinstance(given, dict) else ""
    if not wanted:
        raise Refusal(400, "Missing 'transition' identifier")
    way = next((one for one in _ways(request, issue) if one.id == wanted), None)
    if way is None:
        raise Refusal(400, f"Transition id '{wanted}' is not valid for this issue.")
    project = request.place(issue)
    editor = Editor(request, project, issue, screen=[*way.fields, "comment"])
    values = editor.read(body.get("fields") or {}, body.get("update") or {})
    editor.require(way.required, values)
    properties = editor.properties(body)
    editor.refuse()
    request.store.move_to(issue, request.me, way.target, {**values, **editor.estimates})
    issue.properties.update(properties)
    editor.say(issue)
    return Answer(status=204)
