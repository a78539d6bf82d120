"""The ledger's tables, its version, and the way forward from every older one.

Times are microseconds since 1970 (UTC), structs are MessagePack. An index on what is due holds only what may be due, so
that an idle cycle costs the same for ten issues and for a million.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    inspect,
    text,
)

metadata = MetaData()
_CLUSTERED: dict[str, Any] = {"sqlite_with_rowid": False}


def _key(name: str) -> Column[str]:
    return Column(name, Text, primary_key=True)


def _text(name: str, default: str | None = "") -> Column[str]:
    return Column(name, Text, nullable=False, server_default=default)


def _number(name: str, default: str = "0") -> Column[int]:
    return Column(name, Integer, nullable=False, server_default=default)


def _time(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False)


def _maybe_time(name: str) -> Column[int]:
    return Column(name, BigInteger)


def _blob(name: str) -> Column[bytes]:
    return Column(name, LargeBinary, nullable=False)


def _where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


def _serial() -> Column[int]:
    return Column("number", Integer, primary_key=True, autoincrement=True)


meta = Table("meta", metadata, _key("name"), _text("value"), **_CLUSTERED)
feed = Table("feed", metadata, _key("queue"), _text("cursor"), _time("at"), **_CLUSTERED)

issue = Table(
    "issue",
    metadata,
    _key("queue"),
    _key("id"),
    _text("key"),
    _number("open", "1"),  # 2: open, and outside of the queue's filter
    _number("gone"),
    _text("gone_why"),
    _number("dirty"),
    _number("attempts"),
    _maybe_time("retry_at"),
    _text("failure"),
    _maybe_time("wake_at"),
    _text("fingerprint"),
    _maybe_time("judged_at"),
    _text("tier"),
    _text("facets", "{}"),
    **_CLUSTERED,
)
Index("issue_key", issue.c.queue, issue.c.key, **_where("key <> id"))
Index("issue_dirty", issue.c.queue, issue.c.id, **_where("dirty = 1"))
Index("issue_wake", issue.c.queue, issue.c.wake_at, issue.c.id, **_where("wake_at IS NOT NULL"))
Index("issue_judged_by", issue.c.queue, issue.c.fingerprint, issue.c.id, **_where("open = 1 AND gone = 0"))
Index("issue_board", issue.c.queue, issue.c.tier, **_where("open = 1 AND gone = 0"))
Index("issue_failed", issue.c.queue, issue.c.id, **_where("attempts > 0"))

snapshot = Table("snapshot", metadata, _key("queue"), _key("id"), _time("updated"), _blob("blob"), **_CLUSTERED)
incomplete = Table("incomplete", metadata, _key("queue"), _key("id"), **_CLUSTERED)
event = Table("event", metadata, _key("queue"), _key("issue"), _key("id"), _blob("blob"), **_CLUSTERED)
comment = Table("comment", metadata, _key("queue"), _key("issue"), _key("id"), _blob("blob"), **_CLUSTERED)
verdict = Table(
    "verdict",
    metadata,
    _key("queue"),
    _key("issue"),
    _key("facet"),
    _key("event"),
    _time("at"),
    _blob("blob"),
    **_CLUSTERED,
)

act = Table(
    "act",
    metadata,
    _serial(),
    _time("at"),
    _text("queue"),
    _text("issue"),
    _number("for_person"),
    _blob("blob"),
)
Index("act_issue", act.c.queue, act.c.issue, act.c.number)
Index("act_for_person", act.c.queue, act.c.issue, act.c.number, **_where("for_person = 1"))
Index("act_at", act.c.at)

intent = Table(
    "intent",
    metadata,
    _serial(),
    _text("queue"),
    _text("issue"),
    _text("key"),
    _text("kind"),
    _text("marker"),
    _text("detail"),
    _time("opened"),
    _maybe_time("closed"),
    _text("outcome"),
)
Index("intent_open", intent.c.queue, intent.c.issue, **_where("closed IS NULL"))

once = Table("once", metadata, _key("key"), _time("at"), **_CLUSTERED)
members = Table("members", metadata, _key("digest"), _blob("blob"), **_CLUSTERED)
reading = Table(
    "reading",
    metadata,
    _key("tracker"),
    _key("kind"),
    _key("name"),
    Column("at", BigInteger, primary_key=True, autoincrement=False),
    _text("digest"),
    **_CLUSTERED,
)
Index("reading_members", reading.c.digest)

link = Table(
    "link",
    metadata,
    _key("mirror"),
    _key("source_queue"),
    _key("source"),
    _text("target_queue"),
    _text("target"),
    _blob("blob"),
    **_CLUSTERED,
)
Index("link_source", link.c.source_queue, link.c.source)
Index("link_target", link.c.target_queue, link.c.target, unique=True, **_where("target <> ''"))
Index("link_open", link.c.source_queue, link.c.source, **_where("target = ''"))

twin = Table(
    "twin",
    metadata,
    _key("queue"),
    _key("id"),
    _number("attempts"),
    _maybe_time("retry_at"),
    _maybe_time("since"),
    _text("failure"),
    **_CLUSTERED,
)
Index("twin_failed", twin.c.queue, twin.c.id, **_where("attempts > 0"))

kin = Table("kin", metadata, _key("queue"), _key("id"), _text("parent"), **_CLUSTERED)
Index("kin_parent", kin.c.queue, kin.c.parent)

run = Table(
    "run",
    metadata,
    _serial(),
    _text("command"),
    _time("now"),
    _time("began"),
    _maybe_time("ended"),
    _text("counts", "{}"),
    Column("exit_code", Integer),
)

etag = Table(
    "etag",
    metadata,
    _key("token_hash"),
    _key("url"),
    _key("accept"),
    _text("etag"),
    _number("last_page"),
    _text("newest"),
    _time("used"),
    **_CLUSTERED,
)
kept = Table("kept", metadata, _key("key"), _text("value"), _time("until"), **_CLUSTERED)
budget = Table("budget", metadata, _key("credential"), _text("state"), **_CLUSTERED)

Step = Callable[[Connection], None]


def _with_mirrors(connection: Connection) -> None:
    """Version 2: links between twins, and what is to be carried over."""
    metadata.create_all(connection, tables=[link, twin])


def _with_families(connection: Connection) -> None:
    """Version 3: which report is joined under which."""
    metadata.create_all(connection, tables=[kin])


STEPS: tuple[Step, ...] = (_with_mirrors, _with_families)
"""The way forward: the first brings a ledger of version 1 to version 2, and so on. An empty one gets today's tables."""


def version() -> int:
    """The version that this Tierkeeper writes."""
    return 1 + len(STEPS)


def found_version(connection: Connection) -> int | None:
    """The version of the ledger in this database: 0 where it is empty, None where it is something else's."""
    names = inspect(connection).get_table_names()
    if not names:
        return 0
    if "meta" not in names:
        return None
    found = read_note(connection, "version")
    return int(found) if found.isdigit() else None


def migrate(connection: Connection, found: int) -> None:
    """Go forward from the version found, inside the caller's transaction."""
    if found:
        for step in STEPS[found - 1 :]:
            step(connection)
    else:
        metadata.create_all(connection)
    write_note(connection, "version", str(version()))


def read_note(connection: Connection, name: str) -> str:
    """One of the ledger's notes on itself; empty where there is none."""
    found = connection.exec_driver_sql("SELECT value FROM meta WHERE name = ?", (name,)).scalar()
    return str(found) if found is not None else ""


def write_note(connection: Connection, name: str, value: str) -> None:
    """Set one of the ledger's notes on itself."""
    connection.execute(meta.delete().where(meta.c.name == name))
    connection.execute(meta.insert().values(name=name, value=value))
