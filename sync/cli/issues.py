"""Finds the issue that somebody means: by its key, by queue and number, or by number alone."""

from collections.abc import Iterator

from tierkeeper.plugins.errors import UsageError
from tierkeeper.plugins.model.desk import Queue
from tierkeeper.rules.policy import Policy
from tierkeeper.rules.policy.problems import nearest
from tierkeeper.sync.cli.desks import remembered_account
from tierkeeper.sync.ledger import Known, Ledger

_OFFERED = 5


def find_issue(text: str, policy: Policy, ledger: Ledger) -> tuple[Queue, Known]:
    """The issue, and its queue. Raises UsageError with near matches where there is none, or more than one."""
    found = list(_named(text.strip(), policy, ledger))
    if len(found) == 1:
        return found[0]
    if found:
        choices = ", ".join(f"{queue.name}#{known.history.issue.ref.key}" for queue, known in found)
        raise UsageError(f"{text} is in more than one queue; say which: {choices}")
    near = list(dict.fromkeys(_near(text.strip(), policy, ledger)))[:_OFFERED]
    hint = f"did you mean {' or '.join(near)}?" if near else f"the queues are {', '.join(policy.queues)}."
    raise UsageError(f"the ledger knows no issue {text!r}; {hint} An issue is known once a run or a plan has read it.")


def _named(text: str, policy: Policy, ledger: Ledger) -> Iterator[tuple[Queue, Known]]:
    name, mark, key = text.rpartition("#")
    for queue in policy.queues.values():
        if mark and name and name.casefold() not in {queue.name.casefold(), queue.place.casefold()}:
            continue
        own = remembered_account(ledger, queue.tracker) or ""
        known = ledger.history(queue.name, key, own=own) or ledger.history(queue.name, key.upper(), own=own)
        if known is not None:
            yield queue, known


def _near(text: str, policy: Policy, ledger: Ledger) -> Iterator[str]:
    """Issues that the text may be a slip of: another queue's, or a number with a digit more, less or swapped."""
    name, mark, key = text.rpartition("#")
    if mark and name and (queue := nearest(name, policy.queues)):
        yield from (str(known.history.issue.ref) for _, known in _named(f"{queue}#{key}", policy, ledger))
    head = key.rstrip("0123456789")
    for number in _slips(key[len(head) :]):
        for candidate in dict.fromkeys((f"{name}{mark}{head}{number}", f"{head}{number}")):
            yield from (str(known.history.issue.ref) for _, known in _named(candidate, policy, ledger))
    if not mark and head.endswith("-"):
        keys = {queue.place: queue for queue in policy.queues.values()}
        project = nearest(head[:-1], keys)
        candidate = f"{project}-{key[len(head) :]}"
        yield from (str(known.history.issue.ref) for _, known in _named(candidate, policy, ledger))


def _slips(digits: str) -> Iterator[str]:
    if not digits:
        return
    yield str(int(digits))
    yield from (digits[:at] + digits[at + 1 :] for at in range(len(digits)) if len(digits) > 1)
    yield from (digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :] for at in range(len(digits) - 1))
    yield from (str(int(digits) + by) for by in (-1, 1) if int(digits) + by > 0)
