"""Messages through apprise: what goes out, to whom, and what is said of what did not."""

import json
import smtplib
from typing import Any

import apprise
import pytest
import requests
import responses

from tierkeeper.plugins.apprise.options import AppriseOptions
from tierkeeper.plugins.apprise.plugin import make_apprise
from tierkeeper.plugins.errors import UsageError
from tierkeeper.plugins.host import load_plugins
from tierkeeper.plugins.model.desk import Person
from tierkeeper.plugins.notifier import Delivery, Message, Notifier

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # apprise loads all that it knows, old ones too

LEAD = Person("support-lead", mail="lead@example.org")
MESSAGE = Message(
    to=(LEAD,),
    text="Solution was due on 23 Nov 2026 17:00 CET and is missed (promised: 8h).",
    issue="HELP-7",
    title="Export <b>fails</b>",
    url="https://example.org/HELP-7",
    rule="PR02",
)
HOOK = "http://hooks.example.org/desk"


def notifier(address: str = "json://hooks.example.org/desk", options: AppriseOptions | None = None) -> Notifier:
    return make_apprise("chat", options or AppriseOptions(), {"CHAT_URL": address}.get)


def nothing(_name: str) -> str | None:
    return None


def test_it_comes_in_through_the_hook() -> None:
    host = load_plugins()
    assert host.notifiers["apprise"].make is make_apprise


@responses.activate
def test_a_message_names_the_issue_those_who_are_told_and_where_it_is() -> None:
    responses.post(HOOK, status=200)
    assert notifier().send(MESSAGE) == Delivery("sent")
    sent = json.loads(responses.calls[0].request.body or "")
    assert sent["title"] == "HELP-7 Export <b>fails</b>"
    assert sent["message"] == f"support-lead: {MESSAGE.text}\n{MESSAGE.url}"


@responses.activate
@pytest.mark.parametrize("fault", [500, 404, requests.Timeout("late")])
def test_of_what_fails_nobody_knows_whether_it_arrived(fault: int | Exception) -> None:
    if isinstance(fault, int):
        responses.post(HOOK, status=fault)
    else:
        responses.post(HOOK, body=fault)
    assert notifier().send(MESSAGE).outcome == "unknown"
    assert len(responses.calls) == 1


def test_an_address_that_apprise_does_not_know_is_named_by_its_secret_alone() -> None:
    found = notifier("no://such-thing/s3cret").send(MESSAGE)
    assert found == Delivery("not sent", "what CHAT_URL holds is no address that apprise knows")


def test_without_an_address_it_is_said_where_one_comes_from() -> None:
    with pytest.raises(UsageError, match="set CHAT_URL, CHAT_URL_FILE or the keyring"):
        make_apprise("chat", AppriseOptions(), nothing)
    with pytest.raises(UsageError, match="set TEAM_HOOK, TEAM_HOOK_FILE"):
        make_apprise("chat", AppriseOptions(address_from="TEAM_HOOK"), nothing)


class Mailbox:
    """Stands for an SMTP server."""

    sent: list[tuple[str, Any]]

    def __init__(self, *_at: object, **_how: object) -> None:
        """Connect to nothing."""

    def sendmail(self, _sender: str, to: list[str], body: Any) -> None:
        Mailbox.sent.extend((address, body) for address in to)

    def quit(self) -> None:
        """Nothing is open."""


def test_mail_goes_to_the_addresses_of_those_who_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    Mailbox.sent = []
    monkeypatch.setattr(smtplib, "SMTP", Mailbox)
    line = notifier("mailto://mail.example.org?from=desk@example.org", AppriseOptions(to_mail=True))
    assert line.send(MESSAGE) == Delivery("sent")
    assert [address for address, _ in Mailbox.sent] == ["lead@example.org"]
    assert "HELP-7" in str(Mailbox.sent[0][1])


def test_whose_mail_nobody_knows_is_not_told_by_mail() -> None:
    line = notifier("mailto://mail.example.org?from=desk@example.org", AppriseOptions(to_mail=True))
    message = Message(to=(LEAD, Person("support-2")), text="x", issue="HELP-7", title="", url="")
    assert line.send(message) == Delivery("not sent", "no mail under people for support-2")


def test_slack_and_teams_are_addresses_that_apprise_knows() -> None:
    line = apprise.Apprise()
    assert line.add("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#desk")
    assert line.add("mailtos://user:secret@example.org")
