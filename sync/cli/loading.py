"""What `sandbox load` does: reads the log by its map, does it again in a sandbox, and writes that one's state file."""

from collections.abc import Callable
from pathlib import Path

import msgspec

from tierkeeper.plugins.errors import UsageError
from tierkeeper.sync.cli.answers import LoadAnswer
from tierkeeper.sync.cli.cycle_page import counted
from tierkeeper.sync.cli.screen import Screen
from tierkeeper.sync.cli.sites import Site, open_site
from tierkeeper.sync.eventlog.changes import EventLog, read_log
from tierkeeper.sync.eventlog.loading import Loader
from tierkeeper.sync.eventlog.logmap import LogMap, read_map
from tierkeeper.sync.eventlog.roles import roles_of, with_roles
from tierkeeper.sync.eventlog.targets import token_of


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked for on the command line."""

    log: Path
    columns: Path
    state: Path
    desk: Path | None = None
    incidents: int | None = None


def load(ask: Ask, *, json: bool) -> None:
    """Load it, and say what is there now. Everything is read and checked before anything is written."""
    _require_new(ask.state)
    screen = Screen()
    logmap = read_map(ask.columns)
    with screen.progress() as progress:
        log = read_log(ask.log, logmap, incidents=ask.incidents, progress=progress)
        if not log.changes:
            raise UsageError(f"there is no incident in {ask.log}")
        roles = roles_of(log, logmap)
        policy = _with_roles(ask.desk, roles, logmap) if ask.desk is not None else ""
        answer, site = _fill(ask, log, logmap, progress)
    answer.roles = {tier: len(people) for tier, people in roles.items()}
    if ask.desk is not None:
        _write(ask.desk, policy)
    if json:
        screen.answer(answer)
    else:
        _tell(answer, logmap, site, screen)


def _require_new(state: Path) -> None:
    if state.exists():
        raise UsageError(f"{state} is there already; name another file with --state, or delete it first")
    if not state.absolute().parent.is_dir():
        raise UsageError(f"there is no folder {state.absolute().parent} for the state file")


def _with_roles(desk: Path, roles: dict[str, tuple[str, ...]], logmap: LogMap) -> str:
    try:
        text = desk.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"the policy {desk} cannot be read, so its roles cannot be written: {error}") from error
    return with_roles(text, roles, file=str(desk), at_least=logmap.raw.roles.at_least)


def _write(path: Path, text: str) -> None:
    """Write a file at once or not at all."""
    draft = path.with_name(path.name + ".new")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)


def _fill(ask: Ask, log: EventLog, logmap: LogMap, progress: Callable[[str], None]) -> tuple[LoadAnswer, Site]:
    site = open_site(logmap.platform)
    site.box.set_now(log.changes[0].at)
    target = site.target(logmap)
    loader = Loader(target)
    for week in log.weeks():
        loader.apply(week)
        site.box.set_now(week.end)
        progress(f"loaded up to {week.end:%Y-%m-%d}")
    try:
        site.save(ask.state)
    except OSError as error:
        raise UsageError(f"{ask.state} cannot be written: {error.strerror}") from error
    answer = LoadAnswer(
        state=str(ask.state),
        platform=logmap.platform.name,
        repository=logmap.raw.repository or "",
        project=logmap.raw.project or "",
        token=token_of(logmap),
        desk=str(ask.desk or ""),
        first=log.changes[0].at,
        last=log.changes[-1].at,
        now=site.box.now,
        incidents=log.incidents,
        rows=log.rows,
        events=target.events,
        people=loader.people,
    )
    return answer, site


def _tell(answer: LoadAnswer, logmap: LogMap, site: Site, screen: Screen) -> None:
    span = f"{answer.first:%Y-%m-%d} to {answer.last:%Y-%m-%d}"
    screen.title(logmap.place, f"{counted(answer.incidents, 'incident')}, {span}")
    screen.say(f"  {counted(answer.rows, 'row')} made {counted(answer.events, 'event')} by {answer.people:,} people")
    acting = ", ".join(f"{tier} {people}" for tier, people in answer.roles.items())
    written = f", written to {answer.desk}" if answer.desk else "; --desk POLICY writes who they are"
    screen.say(f"  who acts for a tier: {acting}{written}")
    screen.say()
    screen.say("serve it, and point a desk at it", "bold")
    screen.say(f"  tierkeeper sandbox serve --state {answer.state} --port 8080")
    platform = logmap.platform
    screen.say(f"  queues: {{incidents: {{tracker: {platform.name}, {platform.place}: {logmap.place}}}}}")
    moment = f"{answer.now:%Y-%m-%dT%H:%M:%SZ}"
    own = next((user for user in site.users if user.token == answer.token), None)
    screen.say(f"  {site.environment(own)} tierkeeper run --now {moment}")
