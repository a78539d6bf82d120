"""Worklogs: time spent."""

from tierkeeper.plugins.jira.sandbox.clock import from_iso, to_length
from tierkeeper.plugins.jira.sandbox.messages import Refusal, Request, Router
from tierkeeper.plugins.jira.sandbox.values import BadValue, read_document
from tierkeeper.plugins.sandbox.wire import Answer

ROUTES = Router()
MAX_PAGE = 5000


@ROUTES.on_issue("GET", "/worklog")
def list_worklogs(request: Request) -> Answer:
    """List the time spent on an issue; `startedAfter` and `startedBefore` are milliseconds."""
    logs = [request.store.data.worklogs[key] for key in request.issue().worklogs]
    after, before = request.number("startedAfter", 0), request.number("startedBefore", 1 << 62)
    logs = [one for one in logs if after <= one.started < before]
    start, size = request.number("startAt", 0), request.number("maxResults", MAX_PAGE, MAX_PAGE)
    shown = [request.render.worklog(one) for one in logs[start : start + size]]
    return Answer({"startAt": start, "maxResults": size, "total": len(logs), "worklogs": shown})


@ROUTES.on_issue("POST", "/worklog")
def add_worklog(request: Request) -> Answer:
    """Log time."""
    issue, body = request.issue(), request.fields()
    if not request.may("WORK_ON_ISSUES", request.place(issue), issue):
        raise Refusal(400, "You do not have the permission to associate a worklog to this issue.")
    try:
        given = body.get("timeSpentSeconds")
        seconds = given if isinstance(given, int) else to_length(str(body.get("timeSpent", "")))
        started = from_iso(body["started"]) if body.get("started") else None
        comment = None if body.get("comment") is None else read_document(body["comment"])
    except (ValueError, TypeError) as error:
        raise Refusal(400, errors={"timeLogged": str(error)}) from None
    except BadValue as error:
        raise Refusal(400, errors={"comment": str(error)}) from None
    if seconds < 60:  # noqa: PLR2004 - a minute
        raise Refusal(400, errors={"timeLogged": "Time spent must be at least a minute."})
    key = request.store.add_worklog(str(issue.id), request.me, seconds, comment=comment)
    log = request.store.data.worklogs[key]
    log.started = log.started if started is None else started
    return Answer(request.render.worklog(log), 201)
