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
        "mon 10:30",
        "key-user-osaka",
        "partners",
        "Partner list is empty",
        "instance:osaka-01",
        "tier:help-desk",
        body="### Steps to reproduce\n\nOpen the partner list.",
        aside="an issue form sets the tier in the author's name: a key user may",
    ),
    _reports(
        "mon 10:45",
        "user-tokyo-2",
        "basket",
        "Basket forgets its items",
        "instance:tokyo-01",
        "tier:support",
        body="Steps: fill the basket, wait an hour.",
        aside="the same form, but no key user",
    ),
    _hands("mon 11:15", "key-user-lisbon", "basket", "help-desk", "a key user, but not of tokyo-01"),
    _hands("mon 11:30", "key-user-tokyo", "basket", "help-desk", "the one who may"),
    _says("mon 13:05", "user-tokyo-2", "basket", "/handover support it is urgent", "a user may not"),
    _says("mon 13:20", "help-desk-2", "basket", "/handover support tried: restart, cleared the cache", "may"),
    _hands("tue 08:50", "dev-1", "export", "development", "takes work that is support's"),
    _says("tue 09:05", "support-1", "export", "Finding: the PDF template lacks a font since release 7."),
    Act("tue 09:10", "support-1", "labels", "export", "estimate:2d"),
    _hands("tue 09:15", "support-1", "export", "development", "now support hands it on"),
    _reports(
        "tue 09:40",
        "key-user-boston",
        "report",
        "Monthly report is slow",
        "instance:boston-01",
        "priority:low",
        body="Steps: open the report of October.",
    ),
    _hands("tue 10:00", "key-user-boston", "report", "help-desk"),
    _says("tue 10:15", "help-desk-1", "report", "Tried: a smaller range of dates."),
    Act("tue 10:20", "help-desk-1", "also labels", "report", "support", aside="forgets to take the old label off"),
    Act("tue 11:00", "help-desk-2", "drops the label", "partners", "help-desk", aside="takes the tier away"),
    _hands("tue 14:00", "release-bot", "export", "support", "an automation moves it: flagged, never put back"),
    _reports(
        "wed 07:30",
        "user-chennai-4",
        "stock",
        "Stock count is negative",
        "instance:chennai-01",
        body="Steps: import the list twice.",
    ),
    _hands("wed 08:10", "key-user-chennai", "stock", "help-desk"),
    _says("wed 08:30", "help-desk-1", "stock", "**Tried:** a clean import, same result."),
    _hands("wed 08:40", "help-desk-1", "stock", "support"),
    Act("wed 09:00", "support-2", "takes", "stock"),
    _hands("wed 09:30", "help-desk-1", "stock", "help-desk", "wants it back, but it is support's now"),
    Act("wed 09:50", "support-2", "labels", "stock", "estimate:1d"),
    _says("wed 10:00", "support-2", "stock", "/handover developement finding: race in the import", "a typing error"),
    _says("wed 10:02", "support-2", "stock", "/handover development finding: race in the import"),
    _says(
        "wed 11:00",
        "user-chennai-4",
        "stock",
        "> /handover help-desk\n\nWhat does this line do?",
        "a quoted command runs nothing",
    ),
    _says("thu 08:55", "dev-2", "stock", "Answer: the import takes a lock now; release 7.1."),
    _hands("thu 09:00", "dev-2", "stock", "support", "fixed, back to who answers"),
    Act("thu 09:30", "support-2", "closes", "stock"),
    Act("thu 15:00", "key-user-chennai", "reopens", "stock", aside="it happened again"),
    Act("fri 16:00", "support-1", "closes", "export"),
)
"""The week on GitHub, in order."""

DAY = tuple(
    msgspec.structs.replace(act, queue="help")
    for act in (
        _reports(
            "fri 17:00",
            "key-user-berlin",
            "print",
            "Labels print upside down",
            "instance:berlin-02",
            body="Steps: print any label.",
        ),
        _hands("fri 17:05", "key-user-berlin", "print", "help-desk", "the right way in"),
        _reports(
            "fri 17:10",
            "user-tokyo-2",
            "voucher",
            "Voucher is refused",
            "instance:tokyo-01",
            body="Steps: enter any voucher.",
            aside="a user reports past the key users",
        ),
        _hands("fri 17:15", "help-desk-1", "print", "support", "nobody wrote what was tried"),
        _says("fri 17:20", "help-desk-1", "print", "/handover support tried: the printer's own test page", "now it is"),
        _hands("fri 17:25", "dev-1", "print", "development", "takes work that is support's"),
        Act("fri 17:30", "support-1", "takes", "print"),
        Act("fri 17:40", "support-1", "closes", "print"),
    )
)
"""The same desk on Jira: an hour on Friday."""

USERS = {"user-pune-7": "triage", "user-tokyo-2": "triage", "user-chennai-4": "triage"}
"""People who only report, and what they may do in the repository."""
