"""What a person does on the twin is their act on the source: judged there, and never slipped past a guard."""

import pytest
from mirror_world import OWN, MirrorWorld

from tierkeeper.plugins.model.case import Case
from tierkeeper.sync.judging import Court
from tierkeeper.sync.ledger import Ledger
from tierkeeper.sync.ledger.links import Links

ONLY_SUPPORT = "{PO03: {mode: enforce, roles: {priority: [support]}}}"
DEVELOPERS_TOO = "{PO03: {mode: enforce, roles: {priority: [support, developers]}}}"


def linked(world: MirrorWorld) -> tuple[str, str]:
    """An issue and its twin, both with a high priority."""
    issue = world.desk.report("key-user-1", "Export fails", "It stops.", ("tier:support", "priority:high"))
    world.later(10)
    world.desk.label("support-1", issue, "tier:development")
    world.desk.unlabel("support-1", issue, "tier:support")
    world.later()
    world.run_quiet()
    (twin,) = world.dev.issues()
    assert "priority:high" in twin.labels
    return issue, twin.id


def set_low(world: MirrorWorld, by: str, twin: str) -> None:
    world.dev.label(by, twin, "priority:low")
    world.dev.unlabel(by, twin, "priority:high")
    world.later()


def priorities(labels: set[str]) -> set[str]:
    return {label for label in labels if label.startswith("priority:")}


def case_of(world: MirrorWorld) -> Case:
    """The source's case, as the next judgement would see it."""
    policy = world.policy()
    own = {"github": OWN, "jira": f"acc-{OWN}"}
    with Ledger.open(world.ledger_path, desk="Web application") as ledger:
        (link,) = Links(ledger).all()
        queue = policy.queues["desk"]
        court = Court(
            policy=policy,
            queue=queue,
            own=own[queue.tracker],
            now=world.github.now,
            since=ledger.began,
            rosters=ledger.rosters(world.github.now),
            ledger=ledger,
            accounts=own,
        )
        (known,) = ledger.histories("desk", [link.source], own=court.own)
        return court.case(known.history)


def test_an_answer_on_the_twin_is_that_persons_reply(world: MirrorWorld) -> None:
    _, twin = linked(world)
    world.dev.comment("dev-1", twin, "Fixed in the next release.")
    world.later()
    world.run_quiet()
    replies = [reply for reply in case_of(world).replies if "next release" in reply.body]
    assert [(reply.by, reply.kind) for reply in replies] == [("dev-1", "human")]
    (source,) = world.desk.issues()
    assert sum("Fixed in the next release." in text for _, text in source.comments) == 1


def test_a_command_on_the_twin_is_carried_out_on_the_source_once(world: MirrorWorld) -> None:
    world.rules = DEVELOPERS_TOO
    _, twin = linked(world)
    world.dev.comment("dev-1", twin, "/priority low it can wait")
    world.later()
    world.run_quiet()
    (source,), (there,) = world.desk.issues(), world.dev.issues()
    assert priorities(source.labels) == priorities(there.labels) == {"priority:low"}
    made = case_of(world).changes["priority"][-1]
    assert (made.after, made.by, made.command, made.note) == ("low", "dev-1", True, "it can wait")


def test_a_command_on_the_twin_is_judged_as_its_authors(world: MirrorWorld) -> None:
    world.rules = ONLY_SUPPORT
    _, twin = linked(world)
    world.dev.comment("dev-1", twin, "/priority low")
    world.later()
    world.run_quiet()
    (source,), (there,) = world.desk.issues(), world.dev.issues()
    assert priorities(source.labels) == priorities(there.labels) == {"priority:high"}
    assert "Not carried out" in source.status
    assert "dev-1 set the priority to low" in source.status


def test_a_facet_that_may_be_set_is_carried_over_with_its_author(world: MirrorWorld) -> None:
    world.rules = DEVELOPERS_TOO
    _, twin = linked(world)
    set_low(world, "dev-1", twin)
    world.run_quiet()
    (source,) = world.desk.issues()
    assert priorities(source.labels) == {"priority:low"}
    case = case_of(world)
    made = case.changes["priority"][-1]
    assert (made.after, made.by, made.kind) == ("low", "dev-1", "human")
    assert case.pending == {}
    with Ledger.open(world.ledger_path, desk="Web application") as ledger:
        (link,) = Links(ledger).all()
        (act,) = [one for one in ledger.acts(link.source) if one.person]
        assert (act.facet, act.after, act.person, act.event.startswith("dev:")) == ("priority", "low", "dev-1", True)


def test_a_facet_that_may_not_be_set_is_put_back_on_the_twin_once(world: MirrorWorld) -> None:
    world.rules = ONLY_SUPPORT
    _, twin = linked(world)
    set_low(world, "dev-1", twin)
    world.run_quiet()
    (source,), (there,) = world.desk.issues(), world.dev.issues()
    assert priorities(source.labels) == priorities(there.labels) == {"priority:high"}
    assert "dev-1 set the priority to low; that is for support" in source.status
    lines = [text for by, text in there.comments if by == OWN and "goes back to high" in text]
    assert len(lines) == 1
    set_low(world, "dev-1", twin)
    world.run_quiet()
    (source,), (there,) = world.desk.issues(), world.dev.issues()
    assert priorities(source.labels) == {"priority:high"}
    assert priorities(there.labels) == {"priority:low"}
    assert [text for by, text in there.comments if by == OWN and "goes back to high" in text] == lines


@pytest.mark.parametrize("cut", ["cut-before-write", "cut-after-write"])
def test_what_is_put_back_on_the_twin_without_an_answer_is_put_back_and_told(world: MirrorWorld, cut: str) -> None:
    world.rules = ONLY_SUPPORT
    _, twin = linked(world)
    set_low(world, "dev-1", twin)
    for box in (world.github, world.jira):
        box.faults.add(cut, match=r"^(POST .*/labels|PUT .*/issue/\d+\?)", times=1)
    assert world.cycle().problems
    for box in (world.github, world.jira):
        box.faults.clear()
    world.later(3600)
    world.run()
    world.run_quiet()
    (source,), (there,) = world.desk.issues(), world.dev.issues()
    assert priorities(source.labels) == priorities(there.labels) == {"priority:high"}
    assert source.status.count("dev-1 set the priority to low; that is for support") == 1
    assert sum("goes back to high" in text for by, text in there.comments if by == OWN) == 1


def test_what_is_set_in_place_of_what_was_to_be_put_back_is_on_the_twin_in_the_run_that_judges_it(
    world: MirrorWorld,
) -> None:
    world.rules = ONLY_SUPPORT
    issue, _ = linked(world)
    for who, name in (("key-user-1", "priority:low"), ("support-1", "priority:urgent")):
        before = priorities(world.desk.issues()[0].labels)
        world.desk.label(who, issue, name)
        world.desk.unlabel(who, issue, before.pop())
        world.later()
        if who == "key-user-1":
            for box in (world.github, world.jira):
                box.faults.add("server-error", match=r"^(POST .*/labels|DELETE .*/labels/|PUT .*/issue/\d+\?)", times=1)
            assert world.cycle().problems
            for box in (world.github, world.jira):
                box.faults.clear()
    world.later(3600)
    world.run()
    (there,) = world.dev.issues()
    assert priorities(there.labels) == {"priority:urgent"}
    before_that = len(world.writes())
    world.later(1)
    world.run()
    assert world.writes()[before_that:] == []


def test_a_value_that_was_refused_as_a_command_is_put_back_on_the_twin_all_the_same(world: MirrorWorld) -> None:
    world.rules = ONLY_SUPPORT
    issue, twin = linked(world)
    world.desk.comment("key-user-1", issue, "/priority low")
    world.dev.comment("dev-1", twin, "/priority low")
    world.later()
    world.run_quiet()
    set_low(world, "dev-1", twin)
    world.run_quiet()
    (source,), (there,) = world.desk.issues(), world.dev.issues()
    assert priorities(source.labels) == priorities(there.labels) == {"priority:high"}


def test_what_an_automation_sets_on_the_twin_crosses_only_where_nothing_is_guarded(world: MirrorWorld) -> None:
    world.rules = DEVELOPERS_TOO
    world.more = "bots: [dev-2]\n"
    _, twin = linked(world)
    world.dev.rename("dev-2", twin, "Export: paging")
    set_low(world, "dev-2", twin)
    report = world.run()
    assert any("which person set it is not known" in notice for notice in report.notices)
    world.run_quiet()
    (source,), (there,) = world.desk.issues(), world.dev.issues()
    assert (source.title, priorities(source.labels)) == ("Export: paging", {"priority:high"})
    assert priorities(there.labels) == {"priority:low"}


def test_a_handover_on_the_twin_is_its_authors(world: MirrorWorld) -> None:
    world.rules = "{TR02: {mode: enforce}}"
    _, twin = linked(world)
    world.dev.label("dev-1", twin, "tier:support")
    world.dev.unlabel("dev-1", twin, "tier:development")
    world.later()
    world.run_quiet()
    (source,) = world.desk.issues()
    assert {label for label in source.labels if label.startswith("tier:")} == {"tier:support"}
    handover = case_of(world).handovers[-1]
    assert (handover.before, handover.after, handover.by) == ("development", "support", "dev-1")
    assert "| development | support | dev-1 |" in source.status


def test_a_handover_on_the_twin_by_somebody_who_may_not_is_refused(world: MirrorWorld) -> None:
    world.rules = "{TR02: {mode: enforce}}"
    _, twin = linked(world)
    world.dev.label("support-1", twin, "tier:support")
    world.dev.unlabel("support-1", twin, "tier:development")
    world.later()
    world.run_quiet()
    (source,), (there,) = world.desk.issues(), world.dev.issues()
    assert "tier:development" in source.labels
    assert "tier:development" in there.labels
    assert "tier:support" not in source.labels | there.labels


def test_what_a_person_does_on_the_source_is_theirs_on_the_twin(world: MirrorWorld) -> None:
    issue, _ = linked(world)
    world.desk.label("support-1", issue, "priority:urgent")
    world.desk.unlabel("support-1", issue, "priority:high")
    world.later()
    world.run_quiet()
    (there,) = world.dev.issues()
    assert priorities(there.labels) == {"priority:urgent"}
    with Ledger.open(world.ledger_path, desk="Web application") as ledger:
        (link,) = Links(ledger).all()
        assert link.target is not None
        (act,) = [one for one in ledger.acts(link.target) if one.person]
        assert (act.facet, act.after, act.person) == ("priority", "urgent", "support-1")
