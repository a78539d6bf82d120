"""When an answer says "not now", and for how long.

Absolute times in headers are the server's: they are read relative to the `Date` of the same answer, so that a wrong
clock on this side neither shortens nor lengthens a wait.
"""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import msgspec

from tierkeeper.plugins.transport.answer import Answer, http_date
from tierkeeper.plugins.transport.refusals import server_message

LONGEST = timedelta(days=7)  # nobody means more; also keeps nonsense in a header from overflowing
SHORTEST = timedelta(seconds=1)  # a wait of none would be another request at once
_SECONDS = re.compile(r"\d{1,12}(?:\.\d{1,9})?")
_FIRST_BACK_OFF = timedelta(seconds=60)
_LONGEST_BACK_OFF = timedelta(hours=1)
_PRIMARY = "api rate limit exceeded"
_SECONDARY = ("secondary rate limit", "abuse detection")


class RateLimit(msgspec.Struct, frozen=True):
    """The server did not do what was asked, and takes it later. `wait` is None where it did not say when.

    `primary`: the hour's quota is used up. `reason` is Jira's RateLimit-Reason.
    """

    primary: bool
    wait: timedelta | None
    reason: str

    @property
    def one_issue(self) -> bool:
        """Whether only the issue that was written is slowed down, and nothing else."""
        return self.reason.startswith("jira-per-issue")

    def wait_after(self, strikes: int) -> timedelta:
        """Give the wait, or, where the server named none, a minute that doubles with each strike."""
        return self.wait if self.wait is not None else back_off(strikes)


def rate_limit(answer: Answer, wall_now: datetime) -> RateLimit | None:
    """Tell whether an answer is a rate limit; a 403 may be one, or may be a matter of permission."""
    exhausted = remaining(answer) == 0
    asked = retry_after(answer, wall_now)
    if not _limited(answer, exhausted=exhausted, asked=asked):
        return None
    wait = asked
    if wait is None and (exhausted or "x-ratelimit-remaining" not in answer.headers):
        # while some of the quota remains its reset is an hour off and has nothing to do with a secondary limit
        wait = reset_after(answer, wall_now)
    reason = answer.headers.get("ratelimit-reason", "")
    return RateLimit(primary=exhausted, wait=max(wait, SHORTEST) if wait is not None else None, reason=reason[:80])


def _limited(answer: Answer, *, exhausted: bool, asked: timedelta | None) -> bool:
    match answer.status:
        case 429:
            return True
        case 503:
            return asked is not None
        case 403:
            said = server_message(answer).lower()
            return exhausted or asked is not None or _PRIMARY in said or any(words in said for words in _SECONDARY)
        case 200:
            # GraphQL reports a used-up quota as a success
            return urlsplit(answer.url).path.endswith("/graphql") and b'"RATE_LIMITED"' in answer.body
        case _:
            return False


def remaining(answer: Answer) -> int | None:
    """Give what is left of the quota after this answer, if it says so."""
    return _whole(answer.headers.get("x-ratelimit-remaining", ""))


def quota(answer: Answer) -> int | None:
    """Give the whole quota, if the answer says so."""
    return _whole(answer.headers.get("x-ratelimit-limit", ""))


def retry_after(answer: Answer, wall_now: datetime) -> timedelta | None:
    """Read Retry-After: seconds, also with decimals, or an HTTP date."""
    text = answer.headers.get("retry-after", "").strip()
    if _SECONDS.fullmatch(text):
        return min(timedelta(seconds=float(text)), LONGEST)
    return _until(http_date(text), answer, wall_now)


def reset_after(answer: Answer, wall_now: datetime) -> timedelta | None:
    """Read when the quota is full again: GitHub names seconds since 1970, Jira an ISO 8601 time."""
    text = answer.headers.get("x-ratelimit-reset", "").strip()
    try:
        if _SECONDS.fullmatch(text):
            moment = datetime.fromtimestamp(float(text), UTC)
        else:
            moment = datetime.fromisoformat(text)
            moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return _until(moment, answer, wall_now)


def back_off(strikes: int) -> timedelta:
    """Give the wait after the n-th refusal in a row that named none: a minute, two, four, at most an hour."""
    doublings = min(max(strikes - 1, 0), 10)
    return min(_FIRST_BACK_OFF * float(2**doublings), _LONGEST_BACK_OFF)


def _until(moment: datetime | None, answer: Answer, wall_now: datetime) -> timedelta | None:
    if moment is None:
        return None
    return min(max(moment - (answer.date or wall_now), timedelta()), LONGEST)


def _whole(text: str) -> int | None:
    # GitHub has been seen to answer "4999.0"
    return int(float(text)) if _SECONDS.fullmatch(text.strip()) else None
