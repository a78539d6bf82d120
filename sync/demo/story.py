"""What people do in the demo's week: right moves and wrong ones. Times are the desk's (Europe/Berlin)."""

from typing import Literal

import msgspec

Verb = Literal["reports", "hands", "drops the label", "also labels", "labels", "says", "takes", "closes", "reopens"]


class Act(msgspec.Struct, frozen=True):
    """One thing that one person does in a queue. `issue` is the story's own name for it; `what` depends on the verb."""

    at: str
    who: str
    verb: Verb
    issue: str
    what: str = ""
    labels: tuple[str, ...] = ()
    body: str = ""
    aside: str = ""
    queue: str = "webapp"


def _reports(at: str, who: str, issue: str, what: str, *labels: str, body: str = "", aside: str = "") -> Act:
    return Act(at, who, "reports", issue, what, labels, body, aside)


def _hands(at: str, who: str, issue: str, what: str, aside: str = "") -> Act:  # noqa: PLR0917 - reads as a line of the story
    return Act(at, who, "hands", issue, what, aside=aside)


def _says(at: str, who: str, issue: str, what: str, aside: str = "") -> Act:  # noqa: PLR0917 - reads as a line of the story
    return Act(at, who, "says", issue, what, aside=aside)


WEEK = (
    _reports(
        "mon 09:02",
        "key-user-berlin",
        "export",
        "Export to PDF fails",
        "instance:berlin-01",
        "kind:bug",
        "component:export",
        "priority:medium",
        body="Steps: open an order, press Export.",
    ),
    _hands("mon 09:10", "key-user-berlin", "export", "help-desk", "the right way in"),
    _reports(
        "mon 09:20",
        "user-pune-7",
        "login",
        "Login loops on the stock page",
        "instance:pune-01",
        body="Since this morning.",
        aside="a user reports past the key users",
    ),
    _hands("mon 09:31", "help-desk-1", "export", "support", "their own issue, but nobody wrote what was tried"),
    _says("mon 09:35", "help-desk-1", "export", "Tried: another browser, another template."),
    _hands("mon 09:36", "help-desk-1", "export", "support"),
    _hands("mon 09:40", "user-pune-7", "login", "development", "impatient"),
    _hands("mon 09:50", "user-pune-7", "login", "development", "insists"),
    _reports(
        "mon 10:45",
        "user-tokyo-2",
        "basket",
        "Basket forgets its items",
        "instance:tokyo-01",
        "tier:support",
        body="Steps: fill the basket, wait an hour.",
        aside="an issue form sets the tier in the author's name, and they are no key user",
    ),
    _hands("mon 11:15", "key-user-lisbon", "basket", "help-desk", "a key user, but not of tokyo-01"),
    _says(
        "mon 11:30",
        "key-user-tokyo",
        "basket",
        "/priority medium orders get lost\n\n/handover help-desk",
        "the one who may, in one comment",
    ),
    _says("mon 13:05", "user-tokyo-2", "basket", "/handover support it is urgent", "a user may not"),
    _says("mon 13:10", "key-user-tokyo", "basket", "/appeal nobody in Tokyo can order", "a key user may appeal"),
    _says("mon 13:15", "help-desk-1", "basket", "/decide urgent Tokyo cannot sell", "who leads the help desk decides"),
    _says("mon 13:20", "help-desk-2", "basket", "/handover support tried: restart, cleared the cache", "may"),
    _hands("tue 08:50", "dev-1", "basket", "development", "takes work that is support's"),
    _says("tue 09:05", "support-1", "export", "Finding: the PDF template lacks a font since release 7."),
    Act("tue 09:10", "support-1", "labels", "export", "estimate:2d"),
    _hands("tue 09:15", "support-1", "export", "development", "nobody said how bad it is"),
    _says("tue 09:20", "support-1", "export", "/severity major\n\n/handover development", "says it, and hands it on"),
    Act("tue 09:30", "dev-2", "labels", "export", "priority:low", aside="would rather do something else first"),
    _reports(
        "tue 09:40",
        "key-user-boston",
        "report",
        "Monthly report for each customer",
        "instance:boston-01",
        "priority:low",
        body="Steps: open the report of October.",
    ),
    _hands("tue 10:00", "key-user-boston", "report", "help-desk"),
    _says("tue 10:15", "help-desk-1", "report", "Tried: there is none for a single customer."),
    Act("tue 10:20", "help-desk-1", "also labels", "report", "support", aside="forgets to take the old label off"),
    Act("tue 10:40", "support-2", "labels", "report", "kind:feature", aside="it turns out to be a wish"),
    _hands("tue 14:00", "release-bot", "export", "support", "an automation moves it: flagged, never put back"),
    _reports(
        "wed 07:30",
        "key-user-chennai",
        "stock",
        "Stock count is negative",
        "instance:chennai-01",
        "tier:help-desk",
        "kind:bug",
        "component:import",
        "priority:high",
        body="Steps: import the list twice.",
        aside="the form again: a key user may",
    ),
    _says("wed 08:30", "help-desk-1", "stock", "/handover support tried: a clean import, same result"),
    _says("wed 10:00", "support-2", "stock", "/handover developement finding: a race", "a typing error"),
    _says(
        "wed 10:02",
        "support-2",
        "stock",
        "/estimate 2d\n\n/severity blocker\n\n/handover development finding: a race",
    ),
    _says(
        "wed 11:00",
        "user-chennai-4",
        "stock",
        "> /handover help-desk\n\nWhat is that?",
        "a quoted command runs nothing",
    ),
    _hands("wed 13:00", "dev-2", "stock", "support", "back, without a word"),
    _says("wed 13:10", "dev-2", "stock", "/handover support answer: one server runs the import twice", "with one"),
    _says("wed 14:00", "support-2", "stock", "/handover development finding: it is all of them", "up again"),
    _says("wed 15:00", "dev-1", "stock", "/handover support answer: works as designed", "and back: ping-pong"),
    _says("wed 15:30", "support-lead", "stock", "/decide development two imports at a time must not be", "decides"),
    _says("thu 08:55", "dev-2", "stock", "Answer: the import takes a lock now; release 7.1."),
    Act("thu 09:00", "dev-2", "closes", "stock", aside="done, but not verified"),
    Act("thu 09:30", "support-2", "closes", "stock", aside="nobody said what was verified and learnt"),
    _says("thu 09:40", "support-2", "stock", "Solved.\n\nVerified: twice, on chennai-01.\n\nLearnt: nothing new."),
    Act("thu 09:41", "support-2", "closes", "stock"),
)
"""The week on GitHub, in order."""

DAY = tuple(
    msgspec.structs.replace(act, queue="help")
    for act in (
        _reports(
            "fri 15:00",
            "key-user-berlin",
            "print",
            "Labels print upside down",
            "instance:berlin-02",
            "priority:medium",
            body="Steps: print any label.",
        ),
        _hands("fri 15:05", "key-user-berlin", "print", "help-desk", "the right way in"),
        _hands("fri 15:15", "help-desk-1", "print", "support", "nobody wrote what was tried"),
        _says("fri 15:20", "help-desk-1", "print", "/handover support tried: the printer's own test page", "now it is"),
        _hands("fri 15:25", "dev-1", "print", "development", "takes work that is support's"),
        Act("fri 15:40", "support-1", "closes", "print", aside="without an answer"),
        _says("fri 15:45", "support-1", "print", "The driver turned the page. It prints again.", "answers"),
        Act("fri 15:46", "support-1", "closes", "print"),
        _reports(
            "fri 16:00",
            "key-user-hamburg",
            "invoice",
            "Invoices lack the second page",
            "instance:hamburg-01",
            "component:export",
            "tier:help-desk",
            "kind:bug",
            "priority:high",
            body="Steps: print an invoice with thirty lines.",
        ),
        _says("fri 16:05", "help-desk-1", "invoice", "/handover support tried: another printer, same page"),
        _says(
            "fri 16:20",
            "support-1",
            "invoice",
            "/estimate 2d\n\n/severity major\n\n/handover development finding: the template stops at one page",
            "to development, which works on GitHub",
        ),
        _says("fri 16:30", "key-user-hamburg", "invoice", "It is only invoices.", "its twin is there, and hears of it"),
    )
)
"""The same desk on Jira: an hour on Friday, and a handover to development."""

TWIN = (
    Act(
        "fri 16:45",
        "dev-1",
        "says",
        "twin",
        "Answer: it is fixed in 7.2.",
        aside="development answers in its own repository, and Jira has it",
    ),
)
"""What development does with the twin."""

USERS = {"user-pune-7": "triage", "user-tokyo-2": "triage", "user-chennai-4": "triage"}
"""People who only report, and what they may do in the repository."""
