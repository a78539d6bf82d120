"""One cycle: pull every queue, judge what is due, plan, and (in a run) write. What cron calls."""

from collections.abc import Callable, Mapping
from datetime import datetime

import msgspec

from tierkeeper.plugins.host import Host
from tierkeeper.plugins.tracker import Tracker
from tierkeeper.plugins.transport.ports import Wall
from tierkeeper.rules.policy import Policy
from tierkeeper.sync import turns
from tierkeeper.sync.budget import Forecast
from tierkeeper.sync.ledger.ledger import Ledger
from tierkeeper.sync.plan import IssuePlan
from tierkeeper.sync.post import Post
from tierkeeper.sync.report import Report
from tierkeeper.sync.work import Work


class Cycle(msgspec.Struct, kw_only=True):
    """What a cycle works with. `now` (UTC) is the judged time; `write`: whether trackers are written to.

    `max_changes`: how many guarded facets may be written; over it nothing is. `tell` is called with each plan that has
    something to show, and `progress` with a line now and then. `budget` says when what is left will have been written;
    `host` knows what plugins say of mirrors, and `post` sends what goes through notifiers.
    """

    policy: Policy
    ledger: Ledger
    trackers: Mapping[str, Tracker]
    now: datetime
    wall: Wall
    write: bool
    max_changes: int
    budget: Forecast | None = None
    host: Host | None = None
    post: Post | None = None
    tell: Callable[[IssuePlan], None] = lambda _plan: None
    progress: Callable[[str], None] = lambda _line: None

    def run(self) -> Report:
        """Do it, and say what was done."""
        report = Report(desk=self.policy.desk.name, command="run" if self.write else "plan")
        work = Work(self, report)
        in_turn = turns.in_turn(self.policy.queues.values(), self.ledger, self.wall.now())
        queues = [queue for queue in in_turn if work.pull(queue)]
        report.queues = len(self.policy.queues)
        work.begin()
        work.roles.read_first()
        report.notices += work.roles.take_notices()
        due = [one for queue in queues if (one := work.judge(queue)).refs]
        apart = work.look_apart(queues)
        if self.write and report.guarded > self.max_changes:
            report.over = report.guarded
            for one in due:
                work.list_unwritten(one.queue, one.refs)
        if self.write and not report.over:
            work.write(due)
            work.see_to_rest(queues)
            work.carry_over(work.look_again(apart, queues))
            work.see_to_sources(queues)
        else:
            work.show_apart(apart)
        if self.write:
            turns.remember(report.left, self.ledger, self.wall.now())
        for name, tracker in self.trackers.items():
            report.asked[name] = dict(tracker.requests())
            for kind, count in tracker.requests().items():
                report.requests[kind] = report.requests.get(kind, 0) + count
        return report
