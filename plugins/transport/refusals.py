"""From an answer that is not a success to our error tree: what happened, where, what to do; never a secret."""

import re
from typing import Any, NoReturn

import msgspec

from tierkeeper.plugins.errors import (
    AuthenticationFailed,
    FeatureOff,
    Moved,
    NotFound,
    PermissionDenied,
    UnexpectedAnswer,
    WriteRefused,
)
from tierkeeper.plugins.transport.answer import UNREADABLE, Answer, shown

NOT_IMPLEMENTED = 501
_LONGEST_MESSAGE = 300
_FEATURE_OFF = frozenset({404, 405, NOT_IMPLEMENTED})
_GONE = frozenset({404, 410})
_MOVED = frozenset({301, 302, 303, 307, 308})

# What looks like a secret wherever it stands. A client that knows its token takes that one out itself.
_SECRETS = re.compile(
    r"""
      \b(?:gh[a-z]_|github_pat_|ATATT|ATCTT|ATSTT)[\w=+/.-]+             # GitHub and Atlassian mark their tokens
    | \b[0-9a-f]{40}\b                                                 # but not those of an old GitHub server
    | \bauthorization["']?\s*[:=]\s*["']?(?:(?:bearer|basic|token)\s+)?\S+
    | \b(?:bearer|basic|token)\s+(?=\S{12})\S*[\d_=+/-]\S*
    | \beyJ[\w-]+\.[\w-]+\.[\w-]+                                       # a JSON web token
    | (?<=://)[^\s/@]+@                                                 # user and password in a URL
    | \b(?:access_token|token|jwt|sig|signature|key|secret|password)=[^&\s"']+
    """,
    re.IGNORECASE | re.VERBOSE,
)


def check(answer: Answer, *, method: str, feature: str | None = None, wrote: bool = True) -> None:
    """Return if the answer is a success; else raise what it means.

    With `feature`, its endpoint's 404, 405 or 501 means that this server does not have it. `wrote`: what was asked
    would have written something, if the method is one that writes.
    """
    if not 200 <= answer.status < 300:  # noqa: PLR2004  # HTTP's own border
        _refuse(answer, method, feature, wrote=wrote and method not in {"GET", "HEAD"})


def _refuse(answer: Answer, method: str, feature: str | None, *, wrote: bool) -> NoReturn:
    status, where = answer.status, f"{method} {answer.place}"
    said = server_message(answer)
    what = f"{where} answered {status}" + (f": {said}" if said else "")
    if feature is not None and status in _FEATURE_OFF:
        raise FeatureOff(f"this server does not have {feature} ({what}); it is left out", status=status)
    if status in _MOVED:
        location = answer.headers.get("location", "")
        raise Moved(
            f"{where} answered {status}: it is at {shown(location) or 'a place not named'} now; nothing was followed "
            "or written: put the new name into the policy",
            location=location,
            status=status,
        )
    if status == 401:  # noqa: PLR2004  # HTTP's own number
        raise AuthenticationFailed(f"{what}; the token is missing, wrong or expired: make a new one", status=status)
    if status == 403:  # noqa: PLR2004  # as above
        raise PermissionDenied(f"{what}; {_missing_right(answer)}", status=status)
    if status in _GONE:
        raise NotFound(f"{what}; check the name, and that the account may see it", status=status)
    if wrote and 400 <= status < 500:  # noqa: PLR2004  # as above
        raise WriteRefused(f"{what.rstrip('.')}; nothing was written", status=status)
    raise UnexpectedAnswer(f"{what}, which is not expected here", status=status)


def _missing_right(answer: Answer) -> str:
    # GitHub names the right that would have done
    needed = clean(answer.headers.get("x-accepted-github-permissions", ""))
    return f"the account needs {needed}" if needed else "give the account that right, or take the queue out"


def server_message(answer: Answer) -> str:
    """Give the server's own words, made safe: GitHub's `message` and `errors`, Jira's `errorMessages` and `errors`."""
    try:
        found = msgspec.json.decode(answer.body)
    except UNREADABLE:
        # a proxy's page of HTML helps nobody
        is_text = answer.headers.get("content-type", "").startswith("text/plain")
        return clean(answer.body[:2000].decode("utf-8", errors="replace")) if is_text else ""
    return clean("; ".join(_words(found))) if isinstance(found, dict) else ""


def _words(found: dict[str, Any]) -> list[str]:
    listed = found.get("errorMessages")
    words = [found.get("message"), *(listed if isinstance(listed, list) else [])]
    errors = found.get("errors")
    if isinstance(errors, dict):
        words += [f"{field}: {error}" for field, error in errors.items()]
    elif isinstance(errors, list):
        words += [_one_error(error) for error in errors]
    return [str(word) for word in words if word]


def _one_error(error: Any) -> str:
    if not isinstance(error, dict):
        return str(error)
    return " ".join(str(error[key]) for key in ("field", "code", "message") if error.get(key))


def clean(text: str) -> str:
    """Make foreign text safe for one line of a message: no control characters, no secrets, at most 300 characters."""
    # secrets first: cut at 300 or broken by a control character, one would no longer look like one
    plain = "".join(mark if mark.isprintable() else " " for mark in text)
    plain = " ".join(_SECRETS.sub("(secret)", plain).split())
    return plain if len(plain) <= _LONGEST_MESSAGE else plain[: _LONGEST_MESSAGE - 1] + "…"
