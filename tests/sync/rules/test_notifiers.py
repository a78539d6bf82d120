"""Tellings through a notifier: once, by the policy's choice; what fails is reported, and no run stops for it."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from desk_world import World, world
from jira_desk import jira_desk
from pydantic import BaseModel, ConfigDict

from tierkeeper.plugins import hookimpl
from tierkeeper.plugins.notifier import Delivery, Message, Notifier, NotifierPlugin
from tierkeeper.sync.ledger import Ledger
from tierkeeper.sync.post import Post

HOUR = 3600.0
STEPS = "[{at: 50%, tell: owner}, {after: 0m, tell: lead}, {after: 4h, tell: leader}]"


class PagerOptions(BaseModel):
    """None."""

    model_config = ConfigDict(extra="forbid")


class Pager:
    """A notifier that keeps what it is given, and answers as it is told."""

    def __init__(self) -> None:
        self.sent: list[Message] = []
        self.answer: Delivery | Exception = Delivery("sent")

    def send(self, message: Message) -> Delivery:
        self.sent.append(message)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def plugin(pager: Pager) -> SimpleNamespace:
    def make(name: str, options: BaseModel, secret: Callable[[str], str | None]) -> Notifier:
        del name, options, secret
        return pager

    @hookimpl
    def tierkeeper_notifiers() -> Iterable[NotifierPlugin]:
        return [NotifierPlugin(name="pager", options=PagerOptions, make=make)]

    return SimpleNamespace(tierkeeper_notifiers=tierkeeper_notifiers)


@pytest.fixture
def pager() -> Pager:
    return Pager()


@pytest.fixture(params=[world, jira_desk], ids=["github", "jira"])
def desk(request: pytest.FixtureRequest, tmp_path: Path, pager: Pager) -> Iterator[World]:
    with request.param(tmp_path) as made:
        made.host.register(plugin(pager), "pager")
        made.mode = "flag"
        made.rules = [f"PR02: {{ladder: {STEPS}}}"]
        made.extra = (
            "promises: {targets: [{resolution: 8h}]}\n"
            "notifiers: {pager: {plugin: pager, rules: [PR02], people: [support-lead]}}\n"
        )
        yield made


def missed(desk: World) -> int:
    """Reported at 9:00 in the first run's hour, due at 17:00, and the lead is to be told."""
    desk.run_quiet()
    number = desk.reports("key-user-1", "Export *fails*", ("instance:berlin-01",))
    desk.later()
    for who, tier in (("key-user-1", "help-desk"), ("help-desk-1", "support")):
        desk.hands(who, number, tier)
        desk.later()
        desk.run_quiet()
    desk.later(8 * HOUR)
    return number


def told(desk: World, number: int) -> list[str]:
    return [body for body in desk.comments(number) if "(promised: 8h)" in body and "@" in body]


def test_a_message_goes_out_once_and_leaves_no_mention(desk: World, pager: Pager) -> None:
    number = missed(desk)
    desk.run_quiet()
    desk.later(HOUR)
    desk.run_quiet()
    assert [[person.name for person in one.to] for one in pager.sent] == [["support-lead"]]
    assert "Solution was due on 23 Nov 2026 17:00 CET and is missed" in pager.sent[0].text
    assert (pager.sent[0].title, pager.sent[0].rule) == ("Export *fails*", "PR02")
    assert pager.sent[0].url.endswith(str(number))
    assert told(desk, number) == []


def test_whom_the_notifier_does_not_reach_is_mentioned(desk: World, pager: Pager) -> None:
    desk.extra = desk.extra.replace("people: [support-lead]", "people: [support-1]")
    number = missed(desk)
    desk.run_quiet()
    assert pager.sent == []
    assert len(told(desk, number)) == 1


def test_one_telling_goes_two_ways_where_its_people_do(desk: World, pager: Pager) -> None:
    desk.rules = ["PR02: {ladder: [{after: 0m, tell: lead}, {at: 100%, tell: support-1}]}"]
    number = missed(desk)
    desk.run_quiet()
    assert [[person.name for person in one.to] for one in pager.sent] == [["support-lead"]]
    assert len(told(desk, number)) == 1


def test_what_may_have_arrived_is_reported_and_not_sent_again(desk: World, pager: Pager) -> None:
    number = missed(desk)
    pager.answer = TimeoutError("no answer")
    report = desk.cycle()
    assert len(report.problems) == 1
    assert "whether pager told support-lead is not known: TimeoutError: no answer; it is not sent again" in str(
        report.problems
    )
    desk.run_quiet()
    assert len(pager.sent) == 1
    assert told(desk, number) == []


def test_what_surely_did_not_go_out_is_written_on_the_issue(desk: World, pager: Pager) -> None:
    number = missed(desk)
    pager.answer = Delivery("not sent", "no such channel")
    report = desk.cycle()
    assert "pager did not tell support-lead: no such channel" in str(report.problems)
    desk.run_quiet()
    assert len(pager.sent) == 1
    assert len(told(desk, number)) == 1


def test_a_run_cut_short_while_it_sends_sends_no_second_time(
    desk: World, pager: Pager, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = missed(desk)

    def cut(post: Post, name: str, message: Message) -> Delivery:
        del post, name
        pager.send(message)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Post, "send", cut)
        with pytest.raises(KeyboardInterrupt):
            desk.cycle()
    report = desk.cycle()
    assert "whether pager told support-lead is not known: the run that sent it was cut short" in str(report.problems)
    desk.run_quiet()
    assert len(pager.sent) == 1
    assert told(desk, number) == []
    with Ledger.open(desk.ledger_path, desk="Web application") as ledger:
        assert ledger.open_intents() == []


def test_a_plan_sends_nothing(desk: World, pager: Pager) -> None:
    missed(desk)
    report = desk.cycle(write=False)
    assert any("tells support-lead" in step.what for plan in report.plans for step in plan.steps)
    assert pager.sent == []


def test_a_notifier_that_fails_again_and_again_is_left_alone_for_the_run(pager: Pager) -> None:
    post = Post({"pager": pager})
    pager.answer = RuntimeError("broken")
    message = Message(to=(), text="", issue="", title="", url="")
    outcomes = [post.send("pager", message).outcome for _ in range(5)]
    assert outcomes == ["unknown", "unknown", "unknown", "not sent", "not sent"]
    assert len(pager.sent) == 3
    assert post.send("chat", message) == Delivery("not sent", "there is no notifier 'chat' in this run")
