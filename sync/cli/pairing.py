"""What `tierkeeper mirror adopt` and `release` do: join two issues by hand, and let pairs go."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

from tierkeeper.plugins.model.issue import Ref
from tierkeeper.plugins.transport.ports import SystemWall
from tierkeeper.sync.cli.desks import Loaded, load, make_trackers
from tierkeeper.sync.cli.issues import find_issue
from tierkeeper.sync.cli.mirror_answers import AdoptedAnswer, PairAnswer, ReleasedAnswer
from tierkeeper.sync.cli.mirroring import Ask
from tierkeeper.sync.cli.screen import Screen
from tierkeeper.sync.ledger import Lease, Ledger
from tierkeeper.sync.mirror.reunion import Matchmaker, matchmaker


def adopt(ask: Ask, issues: tuple[str, str], mirror: str, *, json: bool) -> int:
    """Make these two a pair; the exit code."""
    with _opened(ask, "adopt") as (desk, ledger, maker):
        source, twin = (_ref(one, desk, ledger) for one in issues)
        link = maker.adopt(source, twin, mirror)
    answer = AdoptedAnswer(
        mirror=link.mirror, source=str(link.source), twin=str(link.target), differing=list(link.apart)
    )
    screen = Screen()
    if json:
        screen.answer(answer)
        return 0
    screen.say(f"{answer.twin} is the twin of {answer.source} from now on. The next run names each on the other.")
    if answer.differing:
        screen.say(f"They differ in {', '.join(answer.differing)}: that is left as it is until somebody changes it.")
    return 0


def release(ask: Ask, issues: Sequence[str], *, json: bool) -> int:
    """Let the pairs go that these issues are part of, all or none; the exit code."""
    with _opened(ask, "release") as (desk, ledger, maker):
        links = maker.release(*(_ref(one, desk, ledger) for one in issues))
    pairs = [PairAnswer(mirror=one.mirror, source=str(one.source), twin=str(one.target)) for one in links]
    screen = Screen()
    if json:
        screen.answer(ReleasedAnswer(pairs=pairs))
        return 0
    for one in pairs:
        screen.say(f"{one.source} and {one.twin} go their own ways. The next run says so on both.")
    return 0


@contextmanager
def _opened(ask: Ask, command: str) -> Iterator[tuple[Loaded, Ledger, Matchmaker]]:
    desk = load(ask.policy)
    path, wall = desk.ledger(ask.ledger), SystemWall()
    with (
        Lease(path, holder=f"tierkeeper mirror {command}", start=datetime.now(UTC)),
        Ledger.open(path, desk=desk.policy.desk.name) as ledger,
    ):
        trackers = make_trackers(desk.policy, ledger)
        yield desk, ledger, matchmaker(desk.policy, ledger, trackers, now=wall.now(), wall=wall, host=desk.host)


def _ref(text: str, desk: Loaded, ledger: Ledger) -> Ref:
    return find_issue(text, desk.policy, ledger)[1].history.issue.ref
