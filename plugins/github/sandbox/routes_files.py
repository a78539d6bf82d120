"""Files that people put into texts: the site leads to a store of files, which takes no token."""

from tierkeeper.plugins.github.sandbox.messages import Refusal, Request, not_found
from tierkeeper.plugins.github.sandbox.records import File
from tierkeeper.plugins.github.sandbox.router import Router
from tierkeeper.plugins.sandbox.wire import Answer

ROUTES = Router()


def _file(request: Request) -> File:
    file = request.store.data.files.get(request.args["id"])
    if file is None:
        raise not_found()
    return file


@ROUTES.add("GET", "/user-attachments/assets/{id}")
def find_file(request: Request) -> Answer:
    """Lead to a file; those of private repositories are there for those who may read them, or for browsers only."""
    file = _file(request)
    if file.given == "signed in":
        return Answer(status=302, headers={"Location": f"{request.render.site}/login?return_to=file"})
    login = request.person.login if request.person is not None else None
    if file.given == "browsers" or not request.store.level(request.store.repository(file.repository), login):
        raise not_found()
    return Answer(status=302, headers={"Location": f"{request.render.site}/stored-files/{request.args['id']}?signed=1"})


@ROUTES.add("GET", "/login")
def ask_to_sign_in(request: Request) -> Answer:
    """Give the page on which browsers sign in."""
    del request
    answer = Answer(headers={"Content-Type": "text/html"})
    answer.body = b"<form>Sign in</form>"
    return answer


@ROUTES.add("GET", "/stored-files/{id}")
def give_file(request: Request) -> Answer:
    """Give what is in a file to whoever knows the signed address, and has no token besides."""
    file = _file(request)
    if request.token or not request.query.get("signed"):
        raise Refusal(400, "Only one way to sign in at once")
    answer = Answer(headers={"Content-Type": file.mime})
    answer.body = file.content
    return answer
