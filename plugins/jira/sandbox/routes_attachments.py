"""Files on issues: adding them with a form, what is known of them, what is in them, deleting them."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from tierkeeper.plugins.jira.sandbox.messages import Refusal, Request, Router
from tierkeeper.plugins.jira.sandbox.records import File
from tierkeeper.plugins.sandbox.wire import Answer

ROUTES = Router()
MOST_FILES = 60
_BOUNDARY = re.compile(r'boundary="?([^";]+)"?')
_NAME = re.compile(r'\bname="([^"]*)"')
_FILENAME = re.compile(r'\bfilename="([^"]*)"')
_MIME = re.compile(r"^content-type:\s*(\S+)", re.IGNORECASE | re.MULTILINE)


class _Part(NamedTuple):
    name: str
    mime: str
    content: bytes


@ROUTES.on_issue("POST", "/attachments")
def add_files(request: Request) -> Answer:
    """Add the files of a form; without the header that no foreign page can send it is refused."""
    issue = request.issue()
    if request.headers.get("x-atlassian-token") != "no-check":
        raise Refusal(403, "XSRF check failed")
    if not request.may("CREATE_ATTACHMENTS", request.place(issue), issue):
        raise Refusal(403, "You do not have permission to create attachments for this issue.")
    parts = list(_parts(request))
    if len(parts) > MOST_FILES or any(len(one.content) > request.settings.upload_limit for one in parts):
        raise Refusal(413, f"The file exceeds its maximum permitted size of {request.settings.upload_limit} bytes.")
    made = [request.store.add_file(str(issue.id), request.me, one.name, one.content, mime=one.mime) for one in parts]
    return Answer([request.render.file(request.store.data.files[key]) for key in made])


def _parts(request: Request) -> Iterator[_Part]:
    """The files of a form. Others of its fields are of no use here."""
    boundary = _BOUNDARY.search(request.headers.get("content-type", ""))
    if boundary is None:
        raise Refusal(415, "Unsupported Media Type")
    for part in request.body.split(f"--{boundary[1]}".encode())[1:-1]:
        head, _, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        said = head.decode()
        name, filename, mime = _NAME.search(said), _FILENAME.search(said), _MIME.search(said)
        if name is not None and name[1] == "file" and filename is not None:
            kind = mime[1] if mime is not None else "application/octet-stream"
            yield _Part(_unquoted(filename[1]), kind, content.removesuffix(b"\r\n"))


def _unquoted(name: str) -> str:
    return name.replace("%22", '"').replace("%0D", "\r").replace("%0A", "\n")


@ROUTES.add("GET", "/attachment/meta")
def show_limits(request: Request) -> Answer:
    """Show how large a file may be."""
    return Answer({"enabled": True, "uploadLimit": request.settings.upload_limit})


def _file(request: Request) -> File:
    """Return the file that the path names; one on an issue that may not be seen is not there."""
    request.me  # noqa: B018 - a stranger gets 401
    key = request.args["id"]
    file = request.store.data.files.get(int(key)) if key.isdigit() else None
    if file is None or not request.sees(request.store.data.issues[file.issue]):
        raise Refusal(404, f"The attachment with id '{key}' does not exist")
    return file


@ROUTES.add("GET", "/attachment/{id}")
def show_file(request: Request) -> Answer:
    """Show what is known of a file: here its id is a number."""
    file = _file(request)
    return Answer({**request.render.file(file), "id": file.id})


@ROUTES.add("GET", "/attachment/content/{id}")
def show_content(request: Request) -> Answer:
    """Give what is in a file, or lead to where it is."""
    file = _file(request)
    if request.flag("redirect", default=True):
        return Answer(
            status=303, headers={"Location": request.render.api(f"attachment/content/{file.id}?redirect=false")}
        )
    answer = Answer(headers={"Content-Type": file.mime})
    answer.body = file.content
    return answer


@ROUTES.add("DELETE", "/attachment/{id}")
def delete_file(request: Request) -> Answer:
    """Delete a file."""
    file = _file(request)
    issue = request.store.data.issues[file.issue]
    whose = "OWN" if file.author == request.me else "ALL"
    if not request.may(f"DELETE_{whose}_ATTACHMENTS", request.place(issue), issue):
        raise Refusal(403, f"You do not have permission to delete attachment with id: {file.id}")
    request.store.delete_file(file.id, request.me)
    return Answer(status=204)
