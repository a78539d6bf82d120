"""One side of a pair: what an issue says there, in the source's words, and how that is written."""

from collections.abc import Iterator, Mapping

import msgspec

from tierkeeper.plugins.model.case import Case
from tierkeeper.plugins.model.change import AddLabel, Change, Draft, RemoveLabel, SetField, SetState, SetText
from tierkeeper.plugins.model.desk import FacetMap, Queue
from tierkeeper.plugins.model.event import History
from tierkeeper.plugins.model.issue import Account, Issue
from tierkeeper.plugins.model.mirror import LABELS, STATE, TEXT, TITLE, Mirror
from tierkeeper.plugins.tracker import Tracker
from tierkeeper.rules.mirroring.text import joined, mark, parts, short_title
from tierkeeper.sync.judging import Court
from tierkeeper.sync.planning.sheet import begins, same

Values = dict[str, str | None]


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """The source or the target of a mirror. `longest` is what a title may hold on both."""

    mirror: Mirror
    queue: Queue
    tracker: Tracker
    account: Account
    court: Court
    is_source: bool
    longest: int

    def case(self, history: History) -> Case:
        """The case as it is now."""
        return self.court.case_with_all(history)

    def values(self, case: Case, issue: Issue, *, region: str = "", text: str | None = None) -> Values:
        """What flows, as it is here. On the target the text is the one agreed on (`text`) while ours is untouched."""
        found: Values = {TITLE: short_title(issue.title, self.longest), STATE: "open" if issue.open else "closed"}
        found[LABELS] = "\n".join(sorted(self._crossing(issue.labels))) or None
        if self.is_source:
            found[TEXT] = mark(issue.body)
        else:
            ours = parts(issue.body).ours
            untouched = ours is not None and (not region or mark(ours) == region)
            found[TEXT] = text if untouched else "changed there"
        for flow in self.mirror.flows:
            if flow.facet not in found:
                found[flow.facet] = self._translated(flow.facet, case.facets.get(flow.facet))
        return found

    def _crossing(self, labels: tuple[str, ...]) -> Iterator[str]:
        """The labels that cross, by their name at the source."""
        for name, there in self.mirror.labels.items():
            if any(same(label, name if self.is_source else there) for label in labels):
                yield name

    def _translated(self, facet: str, value: str | None) -> str | None:
        """A value in the source's words."""
        if self.is_source or value is None:
            return value
        back = {there: here for here, there in self.mirror.values.get(facet, {}).items()}
        return back.get(value, value)

    def _native(self, facet: str, value: str | None) -> str | None:
        """A value in this side's words."""
        return value if self.is_source or value is None else self.mirror.values.get(facet, {}).get(value, value)

    # Writing

    def draft(self, values: Mapping[str, str | None], body: str) -> Draft:
        """An issue to be made here."""
        labels, fields = self._label_names(values.get(LABELS)), {}
        for flow in self.mirror.flows:
            place, value = self.place(flow.facet), self._native(flow.facet, values.get(flow.facet))
            if place is None or value is None:
                continue
            if place.kind == "label":
                labels.append(f"{place.name}{value}")
            elif place.kind == "field":
                fields[place.name] = value
        return Draft(title=values[TITLE] or "", body=body, labels=tuple(labels), fields=fields)

    def changes(
        self, values: Mapping[str, str | None], issue: Issue, *, text: str = "", reason: str = ""
    ) -> list[Change]:
        """What has to be written so that the issue says this. `text` is our part of its text, or all of it."""
        labels, native = list(issue.labels), list[Change]()
        for facet, value in values.items():
            place = self.place(facet)
            if facet == TITLE:
                native.append(SetField("title", value))
            elif facet == TEXT:
                native.append(SetText(text if self.is_source else joined(text, issue.body)))
            elif facet == STATE:
                native.append(SetState(open=value == "open", reason=reason if value == "closed" else ""))
            elif facet == LABELS:
                self._change_crossing(labels, value)
            elif place is not None:
                native += self._facet(place, facet, value, labels)
        added = [AddLabel(label) for label in labels if not any(same(label, old) for old in issue.labels)]
        gone = [RemoveLabel(old) for old in issue.labels if not any(same(label, old) for label in labels)]
        return [*added, *gone, *native]

    def place(self, facet: str) -> FacetMap | None:
        """Where this side's tracker keeps the facet."""
        known = self.court.desk.facets.get(facet)
        return known.maps.get(self.queue.tracker) if known is not None else None

    def _facet(self, place: FacetMap, facet: str, value: str | None, labels: list[str]) -> list[Change]:
        native = self._native(facet, value)
        if place.kind == "label":
            labels[:] = [label for label in labels if not begins(label, place.name)]
            labels += [f"{place.name}{native}"] if native is not None else []
            return []
        if place.kind == "status":
            return [SetState(open=True, status=place.statuses.get(native or "", native or ""))]
        return [SetField(place.name, native)] if place.kind == "field" else []

    def _label_names(self, value: str | None) -> list[str]:
        names = value.split("\n") if value else []
        return names if self.is_source else [self.mirror.labels[name] for name in names if name in self.mirror.labels]

    def _change_crossing(self, labels: list[str], value: str | None) -> None:
        wanted = self._label_names(value)
        ours = list(self.mirror.labels) if self.is_source else list(self.mirror.labels.values())
        labels[:] = [one for one in labels if not any(same(one, name) for name in ours)]
        labels += wanted
