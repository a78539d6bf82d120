"""What every tracker must do."""

from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from io import BytesIO

from msgspec import structs

from tierkeeper.plugins.model.attachment import Attachment, File, Withheld
from tierkeeper.plugins.model.change import (
    Acknowledge,
    AddLabel,
    Applied,
    Assign,
    Change,
    Created,
    DeleteComment,
    Detach,
    Draft,
    EditComment,
    Hint,
    LinkTo,
    Marker,
    NotThere,
    PostComment,
    Relate,
    RemoveLabel,
    SetField,
    SetState,
    SetText,
    Unassign,
    UnknownMembers,
    Unlink,
    Unrelate,
)
from tierkeeper.plugins.model.event import Gone, Snapshot
from tierkeeper.plugins.model.mirror import Audience
from tierkeeper.plugins.model.relation import BLOCKS, PARENT, Relation
from tierkeeper.plugins.testing.bench import Bench, Read, ref_of, snapshot_of
from tierkeeper.plugins.tracker import LabelSpec

MINUTE = timedelta(minutes=1)


class TrackerContract:
    """What every tracker must do. Inherit, and give it a fixture `bench`."""

    def test_who_did_what_is_read_in_order(self, bench: Bench) -> None:
        """Labels, assignments, states and titles come with their actor and their time."""
        issue = bench.create_issue(bench.alice, "It fails")
        acts: tuple[Callable[[], None], ...] = (
            lambda: bench.add_label(bench.alice, issue, "tier:support"),
            lambda: bench.remove_label(bench.bob, issue, "tier:support"),
            lambda: bench.assign(bench.alice, issue, bench.bob),
            lambda: bench.rename(bench.bob, issue, "It fails at once"),
            lambda: bench.close(bench.bob, issue),
        )
        for act in acts:
            bench.advance(MINUTE)
            act()
        last = bench.now()
        read = Read()
        read.pull(bench.tracker, bench.queue)
        # a tracker may tell of native fields besides
        history = [(kind, before, after, by) for kind, _, before, after, by in read.history(issue) if kind != "field"]
        assert history == [
            ("label", None, "tier:support", bench.alice),
            ("label", "tier:support", None, bench.bob),
            ("assignee", None, bench.bob, bench.alice),
            ("title", "It fails", "It fails at once", bench.bob),
            ("state", "open", "closed", bench.bob),
        ]
        shown = read.issues[issue]
        assert (shown.title, shown.open, shown.updated) == ("It fails at once", False, last)
        assert [account.id for account in shown.assignees] == [bench.bob]

    def test_a_second_pull_finds_nothing(self, bench: Bench) -> None:
        """Reading twice gives nothing twice."""
        issue = bench.create_issue(bench.alice, "It fails", labels=["tier:support"])
        bench.comment(bench.bob, issue, "Since when?")
        read = Read()
        assert read.pull(bench.tracker, bench.queue)
        assert read.pull(bench.tracker, bench.queue) == 0
        bench.advance(10 * MINUTE)
        assert read.pull(bench.tracker, bench.queue) == 0

    def test_a_pull_shows_what_changed_and_nothing_else(self, bench: Bench) -> None:
        """What was read and did not change does not come again."""
        first, second = (bench.create_issue(bench.alice, title) for title in ("one", "two"))
        bench.comment(bench.bob, second, "Hello")
        Read().pull(bench.tracker, bench.queue)
        read = Read()
        read.pull(bench.tracker, bench.queue)
        bench.advance(MINUTE)
        said = bench.comment(bench.bob, first, "Since when?")
        later = Read()
        later.cursor = read.cursor
        later.pull(bench.tracker, bench.queue)
        assert set(later.issues) == {first}
        assert set(later.comments) == {said}
        assert later.events == {}

    def test_a_pull_that_breaks_off_anywhere_loses_nothing(self, bench: Bench) -> None:
        """Each batch may be stored with its cursor as it comes."""
        for number in range(3):
            issue = bench.create_issue(bench.alice, f"issue {number}", labels=["tier:support"])
            bench.comment(bench.bob, issue, "Hello")
            bench.advance(MINUTE)
        whole = Read()
        whole.pull(bench.tracker, bench.queue)
        for at_most in range(1, whole.batches + 1):
            broken = Read()
            broken.pull(bench.tracker, bench.queue, at_most=at_most)
            broken.pull(bench.tracker, bench.queue)
            assert broken.content() == whole.content()

    def test_an_edited_comment_comes_again(self, bench: Bench) -> None:
        """With its new text, its old time, and as edited."""
        issue = bench.create_issue(bench.alice, "It fails")
        answer = bench.tracker.apply(ref_of(bench, issue), bench.queue, [PostComment("First", "status")])
        assert isinstance(answer, Applied)
        read = Read()
        read.pull(bench.tracker, bench.queue)
        (key,) = read.comments
        assert (read.comments[key].marker, read.comments[key].edited) == ("status", False)
        bench.advance(MINUTE)
        bench.tracker.apply(ref_of(bench, issue), bench.queue, [EditComment(key, "Second", "status")])
        read.pull(bench.tracker, bench.queue)
        assert "Second" in read.comments[key].body
        assert (read.comments[key].marker, read.comments[key].edited) == ("status", True)

    def test_what_is_written_is_read_back_at_once(self, bench: Bench) -> None:
        """Reading one issue is consistent with what was written just before, in our own name."""
        issue = bench.create_issue(bench.alice, "It fails", labels=["tier:key-users", "kind:bug"])
        changes: list[Change] = [
            AddLabel("tier:support"),
            RemoveLabel("tier:key-users"),
            SetState(open=False),
            Assign(bench.bob),
        ]
        answer = bench.tracker.apply(ref_of(bench, issue), bench.queue, [*changes, PostComment("Hello", "status")])
        assert isinstance(answer, Applied)
        assert answer.labels is not None
        assert set(answer.labels) == {"tier:support", "kind:bug"}
        now = snapshot_of(bench, issue)
        assert set(now.issue.labels) == {"tier:support", "kind:bug"}
        assert not now.issue.open
        assert [account.id for account in now.issue.assignees] == [bench.bob]
        own = bench.tracker.account().id
        assert {event.actor.id if event.actor else "" for event in now.events[-4:]} == {own}
        assert [(one.id, one.marker) for one in now.comments] == [(answer.comments["status"], "status")]

    def test_title_and_text_are_written(self, bench: Bench) -> None:
        """And read back as they were written."""
        issue = bench.create_issue(bench.alice, "It fails")
        bench.tracker.apply(ref_of(bench, issue), bench.queue, [SetField("title", "It stops"), SetText("At 80 %.")])
        now = snapshot_of(bench, issue).issue
        assert (now.title, now.body) == ("It stops", "At 80 %.")

    def test_what_an_issue_is_meant_for_is_written_by_name(self, bench: Bench) -> None:
        """The names that there are can be looked up."""
        bench.make_milestone("1.0")
        assert bench.tracker.milestones(bench.queue) == {"1.0"}
        issue = bench.create_issue(bench.alice, "It fails")
        for value in ("1.0", None):
            bench.tracker.apply(ref_of(bench, issue), bench.queue, [SetField(bench.milestone, value)])
            assert snapshot_of(bench, issue).issue.fields.get(bench.milestone) == value

    def test_everything_can_be_undone(self, bench: Bench) -> None:
        """Reopen, take off a person, delete our comment."""
        issue = bench.create_issue(bench.alice, "It fails")
        ref = ref_of(bench, issue)
        answer = bench.tracker.apply(
            ref, bench.queue, [SetState(open=False), Assign(bench.bob), PostComment("Hello", "status")]
        )
        assert isinstance(answer, Applied)
        undo: list[Change] = [SetState(open=True), Unassign(bench.bob), DeleteComment(answer.comments["status"])]
        bench.tracker.apply(ref, bench.queue, undo)
        now = snapshot_of(bench, issue)
        assert (now.issue.open, now.issue.assignees, now.comments) == (True, (), ())

    def test_what_is_as_it_should_be_leaves_no_event(self, bench: Bench) -> None:
        """A label that is there, in whatever case, and one that is not there to take off."""
        issue = bench.create_issue(bench.alice, "It fails", labels=["tier:support"])
        before = snapshot_of(bench, issue).events
        answer = bench.tracker.apply(
            ref_of(bench, issue), bench.queue, [AddLabel("Tier:Support"), RemoveLabel("tier:nowhere")]
        )
        assert isinstance(answer, Applied)
        assert answer.labels == ("tier:support",)
        assert snapshot_of(bench, issue).events == before

    def test_a_comment_is_taken_note_of_as_often_as_one_likes(self, bench: Bench) -> None:
        """It changes nothing that is read, and takes at most one request."""
        issue = bench.create_issue(bench.alice, "It fails")
        change = Acknowledge(bench.comment(bench.bob, issue, "Since when?"))
        before = snapshot_of(bench, issue)
        for answer in (bench.tracker.apply(ref_of(bench, issue), bench.queue, [change]) for _ in range(2)):
            assert isinstance(answer, Applied)
            assert answer.requests <= 1
        assert snapshot_of(bench, issue) == before

    def test_a_link_is_shown_and_taken_back_as_often_as_one_likes(self, bench: Bench) -> None:
        """It is no event and no comment, and takes at most one request; a tracker without links writes nothing."""
        issue = bench.create_issue(bench.alice, "It fails")
        before = snapshot_of(bench, issue)
        link = LinkTo("https://example.org/issues/7", "webapp#7", "tierkeeper:webapp:7")
        for change in (link, link, Unlink(link.key)):
            answer = bench.tracker.apply(ref_of(bench, issue), bench.queue, [change])
            assert isinstance(answer, Applied)
            assert answer.requests <= 1
        assert isinstance(bench.tracker.apply(ref_of(bench, issue), bench.queue, [Unlink(link.key)]), Applied)
        shown = snapshot_of(bench, issue)
        assert (shown.events, shown.comments) == (before.events, before.comments)

    def test_relations_are_written_once_read_back_and_taken_back(self, bench: Bench) -> None:
        """A parent and a blocker, each asked for twice; what is not there is as good as taken back."""
        issue, parent, blocker = (bench.create_issue(bench.alice, title) for title in ("Part", "Whole", "First"))
        asking = structs.replace(bench.queue, relations=True)
        relations = (Relation(BLOCKS, blocker), Relation(PARENT, parent))
        for change in [
            kind(*structs.astuple(one)) for kind in (Relate, Unrelate) for one in relations for _ in range(2)
        ]:
            before = bench.tracker.read(ref_of(bench, issue), asking)
            assert isinstance(before, Snapshot)
            assert isinstance(bench.tracker.apply(ref_of(bench, issue), asking, [change]), Applied)
            after = bench.tracker.read(ref_of(bench, issue), asking)
            assert isinstance(after, Snapshot)
            wanted = {Relation(change.kind, change.other)}
            there = set(before.issue.relations)
            assert set(after.issue.relations) == (there | wanted if isinstance(change, Relate) else there - wanted)

    def test_an_issue_that_is_not_there_is_gone(self, bench: Bench) -> None:
        """A direct look says so, rather than fail."""
        issue = bench.create_issue(bench.alice, "It fails")
        bench.delete_issue(issue)
        assert isinstance(bench.tracker.read(ref_of(bench, issue), bench.queue), Gone)
        assert isinstance(bench.tracker.read(ref_of(bench, "4711"), bench.queue), Gone)

    def test_a_census_lists_every_open_issue_with_its_labels_and_how_many_comments_it_has(self, bench: Bench) -> None:
        """And no other one."""
        first = bench.create_issue(bench.alice, "one", labels=["tier:support"])
        second, third, gone = (bench.create_issue(bench.alice, title) for title in ("two", "three", "gone"))
        bench.close(bench.bob, third)
        bench.delete_issue(gone)
        bench.comment(bench.alice, second, "Hello")
        bench.comment(bench.bob, second, "Since when?")
        found = {one.id: (one.labels, one.comments) for one in bench.tracker.census(bench.queue)}
        assert found == {first: (("tier:support",), 0), second: ((), 2)}
        assert "tier:nowhere" not in bench.tracker.label_names(bench.queue).values()

    def test_what_was_created_is_found_by_its_marker(self, bench: Bench) -> None:
        """And nothing else is, not even with a marker that begins like it."""
        hint = Hint(since=bench.now(), account=bench.tracker.account())
        marker = Marker("A desk: with blanks", "webapp#31")
        assert isinstance(bench.tracker.find(bench.queue, marker, hint), NotThere)
        draft = Draft(title="Twin", body="It fails", labels=("tier:support",), assignees=(bench.bob,))
        made = bench.tracker.create(bench.queue, draft, marker)
        assert isinstance(made, Created)
        assert "tier:support" in made.issue.labels
        assert [account.id for account in made.issue.assignees] == [bench.bob]
        found = bench.tracker.find(bench.queue, marker, hint)
        assert isinstance(found, Created)
        assert found.issue.ref == made.issue.ref
        for other in (Marker("A desk: with blanks", "webapp#3"), Marker("Another desk", "webapp#31")):
            assert isinstance(bench.tracker.find(bench.queue, other, hint), NotThere)

    def test_a_file_is_read_again_as_it_was_and_goes_when_it_is_told_to(self, bench: Bench) -> None:
        """A tracker whose issues have no files says so, and what is too large is withheld."""
        ref = ref_of(bench, bench.create_issue(bench.alice, "It fails"))
        content = bytes(range(256)) * 400
        digest = sha256(content).hexdigest()
        file = File(name="shot.png", mime="image/png", size=len(content), digest=digest, content=BytesIO(content))
        made = bench.tracker.attach(ref, bench.queue, file)
        if not bench.tracker.largest_file(bench.queue):
            assert isinstance(made, Withheld)
            return
        assert isinstance(made, Attachment)
        assert snapshot_of(bench, ref.id).issue.attachments == (made,)
        assert (made.name, made.size, made.by) == ("shot.png", len(content), bench.tracker.account().id)
        into = BytesIO()
        found = bench.tracker.fetch(made, into, most=len(content))
        assert isinstance(found, File)
        assert (found.size, found.digest, into.getvalue()) == (len(content), digest, content)
        assert isinstance(bench.tracker.fetch(made, BytesIO(), most=len(content) - 1), Withheld)
        for _ in range(2):
            assert isinstance(bench.tracker.apply(ref, bench.queue, [Detach(made.id)]), Applied)
        assert snapshot_of(bench, ref.id).issue.attachments == ()

    def test_members_are_known_or_said_to_be_unknown(self, bench: Bench) -> None:
        """A team that cannot be read is never an empty one."""
        known = bench.tracker.members(bench.team)
        assert isinstance(known, frozenset)
        assert {account.id for account in known} == {bench.alice, bench.bob}
        unknown = bench.tracker.members(bench.missing_team)
        assert isinstance(unknown, UnknownMembers)
        assert unknown.reason

    def test_who_reads_the_place_is_asked_anew_each_time(self, bench: Bench) -> None:
        """What was private a moment ago may be open to all now."""
        said: tuple[Audience, ...] = ("private", "public", "private")
        for readers in said:
            bench.let_in(readers)
            assert bench.tracker.audience(bench.queue) == readers

    def test_missing_labels_are_found_and_made_once(self, bench: Bench) -> None:
        """Making them twice makes them once."""
        wanted = [LabelSpec("sla:at-risk", "The answer is due soon", "fbca04")]
        assert any("sla:at-risk" in str(problem) for problem in bench.tracker.check(bench.queue, wanted))
        assert bench.tracker.create_labels(bench.queue, wanted) == ("sla:at-risk",)
        assert bench.tracker.create_labels(bench.queue, wanted) == ()
        assert not any("sla:at-risk" in str(problem) for problem in bench.tracker.check(bench.queue, wanted))

    def test_requests_are_counted(self, bench: Bench) -> None:
        """By kind, so that the cost of a cycle can be shown."""
        before = sum(bench.tracker.requests().values())
        Read().pull(bench.tracker, bench.queue)
        assert sum(bench.tracker.requests().values()) > before
