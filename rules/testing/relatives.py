"""The family of a story's issue, as its case states it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

import msgspec

from tierkeeper.plugins.model.event import Verdict
from tierkeeper.plugins.model.family import Family, Relative
from tierkeeper.plugins.model.issue import Ref
from tierkeeper.rules.kinship import joined_to

Data = Mapping[str, object]

FAMILY = ("parent", "children", "alike", "others")
"""Who is related: `others` can only be named by a command."""

RELATIVE = ("key", "title", "by", "reported", "facets", "answered", "answer", "closed", "joined")
"""What is said of a relative; `closed` and `answered` are times, `joined` the key of the issue above it."""

Clock = Callable[[str], datetime]


class Relatives(msgspec.Struct, frozen=True):
    """Who is related at the beginning of a story; what its commands join comes to that."""

    family: Family

    def after(self, verdicts: Sequence[Verdict]) -> Family:
        """The family once these verdicts were given."""
        known = [one for one in self.family.named.values() if isinstance(one, Relative)]
        joined = next((one for one in known if one.ref.key == joined_to(verdicts)), self.family.parent)
        return msgspec.structs.replace(self.family, parent=joined)


def read_family(data: Data, ref: Ref, clock: Clock) -> Relatives:
    """The family as a case states it. Raises ValueError with what is wrong."""
    _keys(data, FAMILY, "family")
    parent = [_relative(one, ref, clock) for one in _list(data.get("parent"))]
    children, alike, others = ([_relative(one, ref, clock) for one in _list(data.get(key))] for key in FAMILY[1:])
    named = {one.ref.key: one for one in (*parent, *children, *alike, *others)}
    return Relatives(
        Family(
            parent=parent[0] if parent else None,
            children=tuple(msgspec.structs.replace(one, joined=ref.key) for one in children),
            alike=tuple(alike),
            named={
                key: msgspec.structs.replace(one, joined=ref.key) if one in children else one
                for key, one in named.items()
            },
        )
    )


def _relative(said: object, ref: Ref, clock: Clock) -> Relative:
    data: Data = said if isinstance(said, Mapping) else {}
    _keys(data, RELATIVE, "relative")
    times = {key: clock(str(data[key])) for key in ("reported", "answered", "closed") if key in data}
    facets = data.get("facets", {})
    key = str(data["key"])
    return Relative(
        ref=ref if key == ref.key else Ref(ref.queue, key.rpartition("-")[2], key),
        title=str(data.get("title", "Something is wrong")),
        url=f"https://example.org/{key}",
        open="closed" not in data,
        reporter=str(data.get("by", "key-user-1")),
        created=times["reported"],
        facets=dict(facets) if isinstance(facets, Mapping) else {},
        answered=times.get("answered"),
        answer=str(data.get("answer", "")),
        closed=times.get("closed"),
        joined=str(data.get("joined", "")),
    )


def _keys(data: Data, known: Sequence[str], what: str) -> None:
    wrong = [key for key in data if key not in known]
    if wrong:
        raise ValueError(f'unknown key "{wrong[0]}" of a {what}; it has {", ".join(known)}')
    missing = [key for key in ("key", "reported") if known is RELATIVE and key not in data]
    if missing:
        raise ValueError(f"a relative needs {' and '.join(missing)}")


def _list(value: object) -> Iterator[object]:
    yield from value if isinstance(value, list) else [] if value is None else [value]
