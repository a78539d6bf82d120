"""What `sandbox serve` does: starts a sandbox, says how to use it, and stops it when told to."""

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import msgspec

from tierkeeper.plugins.errors import UsageError
from tierkeeper.rules.policy import Policy
from tierkeeper.sync.cli.answers import SandboxAnswer
from tierkeeper.sync.cli.cycle_page import counted
from tierkeeper.sync.cli.desks import load, moment
from tierkeeper.sync.cli.screen import Screen
from tierkeeper.sync.cli.sites import OWN, Site, open_site, platform_in, platform_named
from tierkeeper.sync.eventlog.platforms import PLATFORMS, Platform

SHOWN_USERS = 40


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked for on the command line; without a platform it is found."""

    platform: str = ""
    port: int = 0
    state: Path | None = None
    now: str = ""
    like: Path | None = None


def serve(ask: Ask, *, json: bool) -> None:
    """Serve until SIGINT or SIGTERM."""
    if ask.state is not None and not ask.state.absolute().parent.is_dir():
        raise UsageError(f"there is no folder {ask.state.absolute().parent} for the state file")
    policy = load(ask.like).policy if ask.like is not None else None
    platform = _platform(ask, policy)
    site = open_site(platform, port=ask.port, state=ask.state, now=moment(ask.now) if ask.now else None)
    if policy is not None:
        site.populate(policy)
    with _until_stopped() as stopped:
        box = site.box
        try:
            box.start()
        except OSError as error:
            raise UsageError(f"port {ask.port} of 127.0.0.1 cannot be used: {error.strerror}") from error
        try:
            _tell(_answer(site, platform, ask), site, platform, json=json)
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


def _platform(ask: Ask, policy: Policy | None) -> Platform:
    """The platform that was named, else the state file's, else the one that all of the desk's issues are on."""
    kept = platform_in(ask.state) if ask.state is not None and ask.state.exists() else None
    if ask.platform:
        named = platform_named(ask.platform)
        if kept is not None and kept is not named:
            raise UsageError(f"{ask.state} is the state of a {kept.title} sandbox; leave out --platform {named.name}")
        return named
    if kept is not None:
        return kept
    used = set() if policy is None else {policy.trackers[queue.tracker].plugin.name for queue in policy.queues.values()}
    return next((platform for platform in PLATFORMS if used == {platform.name}), PLATFORMS[0])


def _answer(site: Site, platform: Platform, ask: Ask) -> SandboxAnswer:
    return SandboxAnswer(
        platform=platform.name,
        url=site.box.url,
        state=str(ask.state or ""),
        now=site.box.now,
        repositories=site.places if platform.place == "repository" else [],
        projects=site.places if platform.place == "project" else [],
        users=site.users,
    )


def _tell(answer: SandboxAnswer, site: Site, platform: Platform, *, json: bool) -> None:
    screen = Screen()
    if json:
        screen.answer(answer)
        sys.stdout.flush()
        return
    screen.title(f"{platform.title} sandbox", answer.url)
    stands = ", and stands still" if site.box.clock.is_set else ""
    screen.say(f"  its time is {answer.now:%Y-%m-%d %H:%M:%S} UTC{stands}")
    heading = "repositories" if platform.place == "repository" else "projects"
    screen.say(f"  {heading}: {', '.join(site.places) or 'none'}")
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
    screen.say(f'  trackers: {{{platform.name}: {{plugin: {platform.name}, url: "{answer.url}"}}}}')
    screen.say(f"  {site.environment(own)} tierkeeper run")
    screen.say(f"see it in a browser: {answer.url}")
    if stands:
        screen.say(f"""set its clock: curl -d '{{"now": "{answer.now.isoformat()}"}}' {answer.url}/_sandbox/clock""")
    screen.say("Ctrl-C stops it.")
    sys.stdout.flush()
