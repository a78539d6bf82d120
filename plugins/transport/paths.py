"""Paths and times as they go into a URL, and the check that a link leads to the same server."""

from datetime import UTC, datetime
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from tierkeeper.plugins.errors import UnexpectedAnswer, UsageError
from tierkeeper.plugins.transport.answer import shown

_PORTS = {"https": 443, "http": 80}


def quote_segment(name: str) -> str:
    """Escape one segment of a path, slashes too: `tier/2` is one label, not two folders."""
    if name in {"", ".", ".."}:
        # no escape survives the normalising that every HTTP library does: the request would hit the folder above
        raise UsageError(f"{name!r} cannot be part of a tracker's URL: rename it")
    return quote(name, safe="")


def utc_stamp(moment: datetime) -> str:
    """Write a time as trackers take it, in UTC, cut to the second (an overlap is harmless, a gap is not)."""
    if moment.utcoffset() is None:
        raise UsageError(f"{moment.isoformat()} has no time zone: nobody can tell which moment it is")
    return moment.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def path_within(base_url: str, link: str, *, seen_at: str) -> str:
    """Give path and query of `link` from `base_url` on; refuse a link that leads to another server.

    What follows a link sends the token along: it must never go anywhere else. `seen_at` is the URL whose answer
    held the link.
    """
    try:
        base, target = urlsplit(base_url), urlsplit(urljoin(seen_at, link))
        same = _origin(base) == _origin(target)
    except ValueError:
        same, target = False, urlsplit("")
    prefix = base_url.rstrip("/")[len(f"{base.scheme}://{base.netloc}") :] if same else ""
    if not same or target.username or target.password or not target.path.startswith(f"{prefix}/"):
        raise UnexpectedAnswer(
            f"{shown(seen_at)} answered with a link to {shown(link)}, which is not under {shown(base_url)}; "
            "it was not followed, since the token would have gone with it: check the tracker's `url`"
        )
    return target.path[len(prefix) :] + (f"?{target.query}" if target.query else "")


def _origin(url: SplitResult) -> tuple[str, str | None, int | None]:
    return url.scheme, url.hostname, url.port or _PORTS.get(url.scheme)
