"""History: events of an issue, of a repository, and the timeline."""

from tierkeeper.plugins.github.sandbox.messages import Refusal, Request, not_found, paged
from tierkeeper.plugins.github.sandbox.records import Comment, Event
from tierkeeper.plugins.github.sandbox.render_people import Json
from tierkeeper.plugins.github.sandbox.router import Router
from tierkeeper.plugins.sandbox.wire import Answer

ROUTES = Router()


def _with_issue(request: Request, event: Event) -> Json:
    issue = request.store.data.issues[event.issue]
    return {**request.render.event(event), "issue": request.render.issue(issue, listed=True)}


def _events(request: Request) -> list[Event]:
    held = [request.store.data.events[key] for key in request.issue().events]
    return sorted(held, key=lambda event: (event.at, event.id))


@ROUTES.in_repository("GET", "/issues/events")
def list_repository_events(request: Request) -> Answer:
    """List the events of all issues of a repository, the newest first, as far back as GitHub goes."""
    if request.event_pages is not None and request.page > request.event_pages:
        message = "In order to keep the API fast for everyone, pagination is limited for this resource."
        raise Refusal(422, message)
    keys, events = request.store.shelf(request.repository.id).events.keys(), request.store.data.events
    return paged(request, keys, lambda key: _with_issue(request, events[key[1]]), newest_first=True)


@ROUTES.in_repository("GET", "/issues/events/{id}")
def get_event(request: Request) -> Answer:
    """Show an event."""
    event = request.store.data.events.get(request.number("id"))
    if event is None or event.repository != request.repository.id:
        raise not_found()
    return Answer(_with_issue(request, event))


@ROUTES.in_repository("GET", "/issues/{number}/events")
def list_issue_events(request: Request) -> Answer:
    """List the events of an issue, the oldest first."""
    return paged(request, _events(request), request.render.event)


@ROUTES.in_repository("GET", "/issues/{number}/timeline")
def timeline(request: Request) -> Answer:
    """List events and comments of an issue, the oldest first."""
    comments = request.store.data.comments
    entries: list[Event | Comment] = [*_events(request), *(comments[key] for key in request.issue().comments)]
    entries.sort(key=lambda entry: (entry.at if isinstance(entry, Event) else entry.created, entry.id))

    def show(entry: Event | Comment) -> Json:
        if isinstance(entry, Event):
            return request.render.event(entry)
        return request.render.timeline_comment(entry)

    return paged(request, entries, show)
