"""What may cross: nothing internal, restricted or redacted reaches a target, in no part of any request. Over HTTP."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from mirror_world import OWN, MirrorWorld, mirror_world

from tierkeeper.plugins.jira.texts import document
from tierkeeper.rules.mirroring.redact import Redaction

SECRETS = (
    "Mail of anna.berg@example.com, token ghp_0123456789abcdefghijABCDEFGHIJ, "
    "https://root:hunter2"
    "@db01.corp.internal/x at 10.20.30.40, customer CUST-4711"
)
REDACTED = Redaction([r"CUST-\d+"])


class Sent:
    """What Tierkeeper's own account sent to a sandbox: all bodies and addresses."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.calls: list[tuple[str, str, str]] = []
        send = requests.Session.send

        def kept(session: requests.Session, request: requests.PreparedRequest, **more: Any) -> requests.Response:
            body = request.body or ""
            text = body.decode() if isinstance(body, bytes) else str(body)
            self.calls.append((str(request.method), str(request.url), text))
            return send(session, request, **more)

        monkeypatch.setattr(requests.Session, "send", kept)

    def to(self, url: str, place: str) -> Iterator[str]:
        """The texts of the writes to a queue: every string in their bodies, and the addresses."""
        for method, address, body in self.calls:
            if method != "GET" and address.startswith(url) and (place in address or "/rest/" in address):
                yield address
                yield from _strings(json.loads(body) if body else None)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, one in value.items():
            yield key
            yield from _strings(one)
    elif isinstance(value, list):
        if value and all(isinstance(one, dict) and one.get("type") == "text" for one in value):
            yield "".join(one["text"] for one in value)
        for one in value:
            yield from _strings(one)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    return Sent(monkeypatch)


def target_url(world: MirrorWorld) -> str:
    return str(world.dev.box.url)


def handed_over(world: MirrorWorld, title: str = "Export fails", body: str = "It stops.") -> str:
    issue = str(world.desk.report("key-user-1", title, body, ("tier:support",)))
    world.later(10)
    world.desk.label("support-1", issue, "tier:development")
    world.desk.unlabel("support-1", issue, "tier:support")
    world.later()
    return issue


def test_nothing_that_is_redacted_is_in_any_request(world: MirrorWorld, sent: Sent) -> None:
    world.extra = ", redact: {patterns: ['CUST-\\d+']}"
    issue = handed_over(world, f"Export: {SECRETS}"[:200], f"{SECRETS}\n\n> a&#64;b\\@example.org and **{SECRETS}**")
    said = world.desk.comment("key-user-1", issue, SECRETS)
    world.run_quiet()
    world.desk.edit_comment("key-user-1", said, f"Again: {SECRETS}")
    world.desk.rewrite("key-user-1", issue, f"Later: {SECRETS}")
    world.later()
    world.run_quiet()
    written = list(sent.to(target_url(world), world.dev.place))
    assert any("[redacted]" in text for text in written)
    marked = [text for text in written if not text.startswith(target_url(world))]
    leaks = [text for text in marked if REDACTED(text) != text]
    assert leaks == []
    assert not any("hunter2" in text or "4711" in text for text in written)
    (twin,) = world.dev.issues()
    assert "[redacted]" in twin.title
    assert "[redacted]" in twin.text


def test_a_title_that_comes_back_has_what_was_taken_out_of_it(world: MirrorWorld) -> None:
    handed_over(world, "Mail to anna.berg@example.com fails")
    world.run_quiet()
    (twin,) = world.dev.issues()
    assert twin.title == "Mail to [redacted] fails"
    world.dev.rename("dev-1", twin.id, "Mail to [redacted] fails at once")
    world.later()
    world.run_quiet()
    (source,), (twin,) = world.desk.issues(), world.dev.issues()
    assert source.title == "Mail to anna.berg@example.com fails at once"
    assert twin.title == "Mail to [redacted] fails at once"


def test_nobody_is_called_on_the_twin(world: MirrorWorld, sent: Sent) -> None:
    issue = handed_over(world, body="Ask @dev-1 and @nobody-known.")
    world.desk.comment("key-user-1", issue, "@dev-2: please")
    world.run_quiet()
    (twin,) = world.dev.issues()
    assert "Ask dev-1 and" in twin.text
    assert [text for _, text in twin.comments if "dev-2: please" in text]
    bodies = [body for _, address, body in sent.calls if address.startswith(target_url(world))]
    assert not any('"mention"' in body for body in bodies)
    if world.pairing.endswith("github"):
        assert not any("@dev" in body or "@nobody" in body for body in bodies)


@pytest.mark.parametrize("pairing", ["jira-github", "github-github"])
def test_a_public_repository_stops_a_private_mirror(pairing: str, tmp_path: Path) -> None:
    with mirror_world(pairing, tmp_path) as world:
        handed_over(world)
        world.github.store.set_private("example/webapp", private=False)
        report = world.cycle()
        (problem,) = report.problems
        assert "to-dev" in problem
        assert "example/webapp is public" in problem
        assert report.exit_code == 1
        assert report.visibility == 1
        assert world.dev.issues() == []
        assert world.writes() == []
        world.github.store.set_private("example/webapp", private=True)
        world.run_quiet()
        assert len(world.dev.issues()) == 1


def test_who_reads_is_not_asked_where_nothing_is_to_be_written(world: MirrorWorld) -> None:
    handed_over(world)
    assert world.run().visibility >= 1
    world.later()
    world.run()
    world.later()
    assert world.run().visibility == 0


@pytest.fixture
def public(tmp_path: Path) -> Iterator[MirrorWorld]:
    """From a Jira project to a repository that all the world reads."""
    with mirror_world("jira-github", tmp_path) as world:
        world.github.store.set_private("example/webapp", private=False)
        world.extra = ", audience: public, comments: all"
        yield world


def test_what_only_a_role_sees_does_not_go_public_and_what_becomes_so_is_deleted(
    public: MirrorWorld, sent: Sent
) -> None:
    issue = handed_over(public)
    store, role = public.jira.store, ("role", "Administrators")
    store.comment(issue, "acc-support-1", document("only the few"), visibility=role)
    later = store.comment(issue, "acc-support-1", document("open for now"))
    public.run_quiet()
    (twin,) = public.dev.issues()
    assert [text for _, text in twin.comments if "open for now" in text]
    store.edit_comment(later, "acc-support-1", document("hidden words"), visibility=role)
    public.later()
    public.run_quiet()
    (twin,) = public.dev.issues()
    assert twin.comments == []  # deleted: an edit would leave a history that people read
    written = list(sent.to(target_url(public), public.dev.place))
    assert not any("only the few" in text or "hidden words" in text for text in written)


def test_an_internal_comment_crosses_only_where_all_do_and_nobody_else_reads(tmp_path: Path, sent: Sent) -> None:
    with mirror_world("jira-github", tmp_path) as world:
        issue = handed_over(world)
        role = ("role", "Administrators")
        world.jira.store.comment(issue, "acc-support-1", document("among ourselves"), visibility=role)
        world.run_quiet()
        assert not any("among ourselves" in text for text in sent.to(target_url(world), world.dev.place))
        world.extra = ", comments: all"
        world.jira.store.comment(issue, "acc-support-1", document("more"), visibility=role)
        world.later()
        world.run_quiet()
        (twin,) = world.dev.issues()
        assert [text for _, text in twin.comments if "among ourselves" in text]


def test_an_issue_with_a_security_level_gets_no_public_twin(public: MirrorWorld, sent: Sent) -> None:
    issue = public.desk.report("key-user-1", "Hole", "How to get in", ("tier:support",))
    public.jira.store.set_field(issue, "acc-support-1", "security", "Reporter only")
    public.desk.label("support-1", issue, "tier:development")
    public.desk.unlabel("support-1", issue, "tier:support")
    public.later()
    public.run_quiet()
    assert public.dev.issues() == []
    assert not any("How to get in" in text for text in sent.to(target_url(public), public.dev.place))


def test_an_issue_that_becomes_restricted_takes_its_twins_words_with_it(public: MirrorWorld) -> None:
    issue = handed_over(public, "Hole", "How to get in")
    public.desk.comment("key-user-1", issue, "Like this")
    public.run_quiet()
    (twin,) = public.dev.issues()
    public.dev.rewrite("dev-1", twin.id, f"{twin.text}\n\nOur own notes.")
    public.jira.store.set_field(issue, "acc-support-1", "security", "Reporter only")
    public.desk.rewrite("key-user-1", issue, "And now like that")
    public.later()
    report = public.run_quiet()
    (twin,) = public.dev.issues()
    assert (twin.title, twin.open, twin.comments) == ("No longer shown", False, [])
    assert "get in" not in twin.text
    assert "like that" not in twin.text
    assert "Our own notes." in twin.text
    assert any("its history still shows" in line for line in report.notices)
    public.jira.store.set_field(issue, "acc-support-1", "security", None)
    public.later()
    public.run_quiet()
    (twin,) = public.dev.issues()
    assert (twin.title, twin.open) == ("Hole", True)
    assert "And now like that" in twin.text
    assert [text for by, text in twin.comments if by == OWN and "Like this" in text]


def test_a_private_repository_may_hold_what_is_restricted(tmp_path: Path) -> None:
    with mirror_world("jira-github", tmp_path) as world:
        issue = handed_over(world)
        world.jira.store.set_field(issue, "acc-support-1", "security", "Reporter only")
        world.later()
        world.run_quiet()
        (twin,) = world.dev.issues()
        assert twin.title == "Export fails"


@pytest.mark.parametrize("pairing", ["github-jira", "github-github"])
def test_what_is_said_on_a_private_twin_is_redacted_where_anybody_reads_its_source(
    pairing: str, tmp_path: Path, sent: Sent
) -> None:
    with mirror_world(pairing, tmp_path) as world:
        world.github.store.set_private("example/help", private=False)
        handed_over(world)
        world.run_quiet()
        (twin,) = world.dev.issues()
        comment = world.dev.comment("dev-1", twin.id, f"Found: {SECRETS}")
        world.dev.rename("dev-1", twin.id, "Mail to anna.berg@example.com fails")
        world.later()
        world.run_quiet()
        world.dev.edit_comment("dev-1", comment, f"Fixed: {SECRETS}")
        world.later()
        world.run_quiet()
        (source,), (twin,) = world.desk.issues(), world.dev.issues()
        assert (source.title, twin.title) == ("Mail to [redacted] fails", "Mail to anna.berg@example.com fails")
        assert [text for _, text in source.comments if "Fixed: Mail of" in text and "redacted" in text]
        leaks = [text for text in sent.to(world.github.url, "example/help") if "hunter2" in text or "anna.berg" in text]
        assert leaks == []


def test_what_is_said_on_the_twin_comes_whole_to_a_source_of_their_own(world: MirrorWorld) -> None:
    handed_over(world)
    world.run_quiet()
    (twin,) = world.dev.issues()
    world.dev.comment("dev-1", twin.id, "It is db01.corp.internal.")
    world.dev.rename("dev-1", twin.id, "Export: db01.corp.internal")
    world.later()
    world.run_quiet()
    (source,), (twin,) = world.desk.issues(), world.dev.issues()
    assert source.title == twin.title == "Export: db01.corp.internal"
    assert [text for _, text in source.comments if "It is db01.corp.internal." in text]


def test_a_source_that_anybody_reads_learns_of_a_restricted_twin_only_whether_it_is_open(tmp_path: Path) -> None:
    with mirror_world("github-jira", tmp_path) as world:
        world.github.store.set_private("example/help", private=False)
        issue = handed_over(world)
        world.run_quiet()
        (twin,) = world.dev.issues()
        world.jira.store.set_field(twin.id, "acc-dev-1", "security", "Reporter only")
        world.dev.rename("dev-1", twin.id, "How to get in")
        world.dev.comment("dev-1", twin.id, "Like this")
        world.dev.close("dev-1", twin.id)
        world.later()
        report = world.run_quiet()
        (source,), (twin,) = world.desk.issues(), world.dev.issues()
        assert (source.title, source.open, source.comments) == ("Export fails", False, [])
        assert "get in" not in source.status
        assert twin.title == "How to get in"
        assert [line for line in report.notices if "is restricted, and anybody reads example/help" in line]
        world.desk.reopen("support-1", issue)
        world.jira.store.set_field(twin.id, "acc-dev-1", "security", None)
        world.later()
        world.run_quiet()
        assert [one.title for one in world.desk.issues()] == ["How to get in"]


def test_somebody_who_is_called_by_their_mail_address_is_not_on_the_twin(tmp_path: Path, sent: Sent) -> None:
    with mirror_world("jira-github", tmp_path) as world:
        world.jira.store.add_user("caller", name="anna.berg@example.com")
        issue = world.desk.report("caller", "Export fails", "It stops.", ("tier:development",))
        world.desk.comment("caller", issue, "Since Monday.")
        world.later()
        world.run_quiet()
        (twin,) = world.dev.issues()
        assert [text for _, text in twin.comments if "Since Monday." in text]
        assert not any("anna.berg" in text for text in sent.to(target_url(world), world.dev.place))


def test_the_note_of_a_command_on_the_twin_is_redacted_where_the_source_shows_it(world: MirrorWorld) -> None:
    world.rules = "{TR02: {mode: enforce}}"
    handed_over(world)
    world.run_quiet()
    (twin,) = world.dev.issues()
    world.dev.comment("dev-1", twin.id, "/handover support see db01.corp.internal")
    world.later()
    world.run_quiet()
    (source,) = world.desk.issues()
    assert "tier:support" in source.labels
    assert "| development | support | dev-1 |" in source.status
    assert "db01" not in source.status
