"""The in-memory tracker does what its docstring says; the contract test says the rest."""

from datetime import timedelta

import pytest

from tierkeeper.plugins.errors import NotFound
from tierkeeper.plugins.memory import MemoryTracker
from tierkeeper.plugins.memory_place import START
from tierkeeper.plugins.model.change import AddLabel, SetField, SetState
from tierkeeper.plugins.model.desk import Queue
from tierkeeper.plugins.model.event import Snapshot
from tierkeeper.plugins.model.issue import Ref
from tierkeeper.plugins.tracker import Tracker

QUEUE = Queue("desk", "memory", "desk")


def test_it_is_a_tracker() -> None:
    assert isinstance(MemoryTracker(), Tracker)


def test_acts_bear_the_time_that_they_are_given() -> None:
    tracker = MemoryTracker("desk")
    issue = tracker.create_issue("alice", "It fails", at=START)
    tracker.advance(timedelta(hours=1))
    tracker.add_label("alice", issue, "tier:support", at=START + timedelta(minutes=5))
    tracker.comment("bob", issue, "Hello")
    found = tracker.read(Ref("desk", issue, issue), QUEUE)
    assert isinstance(found, Snapshot)
    assert [event.at - START for event in found.events] == [timedelta(minutes=5)]
    assert found.comments[0].at - START == timedelta(hours=1)
    assert found.issue.updated - START == timedelta(hours=1)


def test_fields_are_set_and_cleared_with_their_history() -> None:
    tracker = MemoryTracker("desk")
    issue = tracker.create_issue("alice", "It fails")
    ref = Ref("desk", issue, issue)
    tracker.apply(ref, QUEUE, [SetField("priority", "high"), SetField("priority", None)])
    assert [(event.before, event.after) for event in tracker.events] == [(None, "high"), ("high", None)]
    assert tracker.issues[issue].fields == {}


def test_what_is_so_already_leaves_no_trace() -> None:
    tracker = MemoryTracker("desk")
    issue = tracker.create_issue("alice", "It fails", labels=["Tier:Support"])
    before = len(tracker.events)
    tracker.apply(Ref("desk", issue, issue), QUEUE, [AddLabel("tier:support"), SetState(open=True)])
    assert len(tracker.events) == before


def test_a_thing_that_is_not_there_is_an_error_that_names_it() -> None:
    tracker = MemoryTracker("desk")
    with pytest.raises(NotFound, match="desk#7"):
        tracker.add_label("alice", "7", "x")
    with pytest.raises(NotFound, match="comment 9"):
        tracker.delete_comment("9")


def test_a_renamed_label_leaves_no_event_and_keeps_its_place() -> None:
    tracker = MemoryTracker("desk")
    tracker.create_issue("alice", "It fails", labels=["tier:support"])
    before, names = list(tracker.events), dict(tracker.label_names(QUEUE))
    tracker.rename_label("tier:support", "tier:2nd")
    assert tracker.events == before
    assert dict(tracker.label_names(QUEUE)) == dict.fromkeys(names, "tier:2nd")
    assert [one.labels for one in tracker.census(QUEUE)] == [("tier:2nd",)]
