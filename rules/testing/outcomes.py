"""What a judgement came to, in the words of a case; compared with what was expected."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

import msgspec

from tierkeeper.plugins.model.decision import Refuse
from tierkeeper.rules.engine import hear, refusals_of
from tierkeeper.rules.rulings import Judgement, Ruling
from tierkeeper.rules.testing.trial import Look, unmet

PARTS = ("says", "remedy", "refused command")
"""What is expected of these is part of what was said."""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a judgement came to. `key`: what makes it the same thing in a second judgement.

    `needed`: it has to be expected. What is said of changes that the rule had nothing to say about need not.
    """

    head: str
    value: object
    details: Mapping[str, object] = {}
    needed: bool = True
    key: str = ""

    def as_expected(self) -> dict[str, object]:
        """The outcome as a case would expect it, everything told."""
        return {self.head: self.value, **self.details}


def outcomes(look: Look) -> Iterator[Outcome]:
    """All that a judgement came to."""
    judgement = look.judgement
    if judgement.waits_until is not None:
        yield Outcome(head="waits", value=judgement.waits_until)
        return
    for put_back in judgement.put_backs:
        details = {"back to": put_back.value, **_said(put_back.ruling)}
        yield Outcome(head="refuse", value=put_back.change.facet, details=details)
    yield from _verdicts(look)
    for facet, ruling in unmet(judgement.wants, look.case).items():
        yield Outcome(head="want", value=facet, details={"value": _plain(ruling.value), **_said(ruling)})
    for code, ruling in judgement.flags.items():
        yield Outcome(head="flag", value=code, details=_said(ruling), key=code)
    for ruling in judgement.shadows:
        details = {"value": _plain(ruling.value), **_said(ruling)}
        yield Outcome(head="shadow", value=ruling.facet or ruling.rule, details=details, key=repr(ruling))
    for telling in judgement.tellings:
        yield Outcome(head="tell", value=list(telling.to), details={"says": telling.text}, key=telling.key)
    for carried in judgement.carried:
        yield Outcome(head="carries", value=carried.facet, details={"value": carried.value})
    for index, at in enumerate(judgement.wakes):
        if at > look.case.now:
            yield Outcome(head="wake", value=at, needed=index < look.own_wakes)
    if judgement.unknown:
        yield Outcome(head="unknown", value=True, details={"says": "; ".join(judgement.unknown)})


def _verdicts(look: Look) -> Iterator[Outcome]:
    heard = hear(look.case, look.bench, Judgement())
    refused = {decision.change.event for _, decision in heard if isinstance(decision, Refuse)}
    for verdict in look.judgement.verdicts:
        details: dict[str, object] = {"says": verdict.said, "remedy": verdict.remedy}
        if verdict.outcome == "refused":
            if not verdict.said:
                continue  # its comment is refused as a whole, and another line of it says so
            yield Outcome(head="refused command", value=verdict.said, details={"remedy": verdict.remedy})
        elif verdict.outcome in {"stands", "not judged", "allowed"}:
            change = look.case.pending.get(verdict.facet)
            rulings = refusals_of(change, heard) if change is not None and change.event == verdict.event else []
            details["facts"] = dict(rulings[0].facts) if rulings else {}
            needed = verdict.outcome == "stands" or (verdict.outcome == "not judged" and verdict.event in refused)
            yield Outcome(head=verdict.outcome, value=verdict.facet, details=details, needed=needed)


def _said(ruling: Ruling) -> dict[str, object]:
    return {"facts": dict(ruling.facts), "says": ruling.said, "remedy": ruling.remedy}


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def news(first: Sequence[Outcome], second: Iterable[Outcome]) -> list[Outcome]:
    """What a second judgement decided that the first one had not: there should be nothing."""
    lasting = {(outcome.head, outcome.key) for outcome in first if outcome.key}
    return [
        outcome
        for outcome in second
        if outcome.head not in {"wake", "waits", "unknown"} and (outcome.head, outcome.key) not in lasting
    ]


def compare(expected: Sequence[Mapping[str, object]], got: Sequence[Outcome]) -> tuple[list[int], list[Outcome]]:
    """Which expectations were not met, and which outcomes nobody expected."""
    left = list(got)
    unmet_ones = []
    for index, wanted in enumerate(expected):
        found = next((outcome for outcome in left if _meets(outcome.as_expected(), wanted)), None)
        if found is None:
            unmet_ones.append(index)
        else:
            left.remove(found)
    return unmet_ones, [outcome for outcome in left if outcome.needed]


def _meets(got: Mapping[str, object], wanted: Mapping[str, object]) -> bool:
    return all(key in got and _same(key, got[key], value) for key, value in wanted.items())


def _same(key: str, got: object, wanted: object) -> bool:
    if isinstance(got, datetime | bool) or got is None or wanted is None:
        return got == wanted
    if key == "facts":
        return (
            isinstance(got, Mapping)
            and isinstance(wanted, Mapping)
            and all(name in got and _closed(got[name]) == _closed(value) for name, value in wanted.items())
        )
    if isinstance(got, list):
        return got == [str(item) for item in wanted] if isinstance(wanted, list) else got == [wanted]
    if key in PARTS:
        return " ".join(str(wanted).split()) in str(got)
    return str(got) == str(wanted)


def _closed(fact: object) -> str:
    """A fact without spaces: an effort is shown as ``4 h`` and written as ``4h``."""
    return "".join(str(fact).split())
