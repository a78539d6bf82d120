"""What `sandbox serve` does: starts the GitHub sandbox, says how to use it, and stops it when told to."""

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import msgspec

from tierkeeper.plugins.errors import UsageError
from tierkeeper.plugins.model.desk import Desk
from tierkeeper.rules.policy import Policy
from tierkeeper.sync.cli.answers import SandboxAnswer, SandboxUser
from tierkeeper.sync.cli.cycle_page import counted
from tierkeeper.sync.cli.desks import load, moment
from tierkeeper.sync.cli.screen import Screen

if TYPE_CHECKING:
    from tierkeeper.plugins.github.sandbox import GitHubSandbox

OWN = "tierkeeper"
SHOWN_USERS = 40


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked for on the command line."""

    port: int = 0
    state: Path | None = None
    now: str = ""
    like: Path | None = None


def serve(ask: Ask, *, json: bool) -> None:
    """Serve until SIGINT or SIGTERM."""
    policy = load(ask.like).policy if ask.like is not None else None
    box = _made(ask)
    if policy is not None:
        populate(box, policy)
    with _until_stopped() as stopped:
        try:
            box.start()
        except OSError as error:
            raise UsageError(f"port {ask.port} of 127.0.0.1 cannot be used: {error.strerror}") from error
        try:
            _tell(_answer(box, ask), ask, json=json)
            stopped.wait()
        finally:
            box.stop()


@contextmanager
def _until_stopped() -> Iterator[threading.Event]:
    """An event that SIGINT and SIGTERM set."""
    stopped = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopped.set()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stopped
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _made(ask: Ask) -> "GitHubSandbox":
    try:
        from tierkeeper.plugins.github.sandbox import GitHubSandbox  # noqa: PLC0415  # an extra may be missing
    except ModuleNotFoundError as error:
        raise UsageError(
            f"the sandbox needs the extra `sandbox` ({error.name} is missing): pip install 'tierkeeper[sandbox]'"
        ) from error
    if ask.state is not None and not ask.state.absolute().parent.is_dir():
        raise UsageError(f"there is no folder {ask.state.absolute().parent} for the state file")
    try:
        return GitHubSandbox(port=ask.port, state=ask.state, now=moment(ask.now) if ask.now else None)
    except (msgspec.MsgspecError, UnicodeDecodeError, OSError) as error:
        raise UsageError(f"{ask.state} is no state of a sandbox: {error}") from error


def populate(box: "GitHubSandbox", policy: Policy) -> None:
    """Put a desk's people, teams and GitHub repositories into a sandbox. What is there already stays."""
    desk, store = policy.desk, box.store
    for login in (OWN, *_logins(desk)):
        if login.casefold() not in store.data.people:
            store.add_user(login, token=f"{login}-token")
    teams = {source for role in desk.roles.values() for source in role.sources if source.kind == "team"}
    for queue in policy.queues.values():
        if policy.trackers[queue.tracker].plugin.name != "github" or queue.place.casefold() in store.data.names:
            continue
        people = dict.fromkeys(_logins(desk), "triage")
        store.add_organization(queue.place.partition("/")[0], members=[OWN, *people])
        store.add_repository(queue.place, permissions={OWN: "admin", **people})
    for source in teams:
        organization, _, slug = source.name.partition("/")
        if source.name.casefold() not in store.data.teams:
            store.add_team(organization, slug)


def _logins(desk: Desk) -> list[str]:
    """The GitHub account of everybody whom the policy names."""
    named = [person for role in desk.roles.values() for person in role.people]
    named += [*desk.people, *desk.all_key_users, *(tier.lead for tier in desk.tiers), desk.leader, *sorted(desk.bots)]
    trackers = {facet_tracker for facet in desk.facets.values() for facet_tracker in facet.maps}
    logins = [desk.account_of(person, tracker) for person in named for tracker in sorted(trackers) if person]
    return list(dict.fromkeys(login for login in logins if login))


def _answer(box: "GitHubSandbox", ask: Ask) -> SandboxAnswer:
    data = box.store.data
    return SandboxAnswer(
        url=box.url,
        state=str(ask.state or ""),
        now=box.now,
        repositories=sorted(repository.full_name for repository in data.repositories.values()),
        users=[SandboxUser(login=token.login, token=text) for text, token in data.tokens.items()],
    )


def _tell(answer: SandboxAnswer, ask: Ask, *, json: bool) -> None:
    screen = Screen()
    if json:
        screen.answer(answer)
        sys.stdout.flush()
        return
    screen.title("GitHub sandbox", answer.url)
    screen.say(f"  its time is {answer.now:%Y-%m-%d %H:%M:%S} UTC{', and stands still' if ask.now else ''}")
    screen.say(f"  repositories: {', '.join(answer.repositories) or 'none'}")
    if answer.users:
        screen.say()
        screen.say("people and their tokens", "bold")
        screen.rows([(user.login, user.token) for user in answer.users[:SHOWN_USERS]])
        if len(answer.users) > SHOWN_USERS:
            screen.say(f"  … {counted(len(answer.users), 'token')} in all, see --json")
    else:
        screen.say("  nobody is in it: --like desk.yaml puts a desk's people in, --state FILE what was kept")
    own = next((user for user in answer.users if user.login == OWN), None)
    screen.say()
    screen.say("point a desk at it", "bold")
    screen.say(f'  trackers: {{github: {{plugin: github, url: "{answer.url}"}}}}')
    screen.say(
        f"  GITHUB_TOKEN={own.token if own else '<a token of the account that Tierkeeper acts with>'} tierkeeper run"
    )
    screen.say("Ctrl-C stops it.")
    sys.stdout.flush()
