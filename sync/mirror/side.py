"""One side of a pair: what an issue says there, in the source's words, and how that is written."""

from collections.abc import Callable, Iterator, Mapping
from typing import Literal

import msgspec

from tierkeeper.plugins.model.case import Case, read_effort
from tierkeeper.plugins.model.change import (
    AddLabel,
    Assign,
    Change,
    Draft,
    RemoveLabel,
    SetField,
    SetState,
    SetText,
    Unassign,
)
from tierkeeper.plugins.model.desk import FacetMap, Queue
from tierkeeper.plugins.model.duration import Effort
from tierkeeper.plugins.model.event import History
from tierkeeper.plugins.model.issue import Account, Issue
from tierkeeper.plugins.model.mirror import LABELS, MILESTONE, OWNER, STATE, TEXT, TITLE, Mirror, Stood
from tierkeeper.plugins.model.promise import DUE
from tierkeeper.plugins.tracker import Tracker
from tierkeeper.rules.due_times import read_due, same_due, written_due
from tierkeeper.rules.mirroring.redact import restored
from tierkeeper.rules.mirroring.render import Form, Words, markdown_of
from tierkeeper.rules.mirroring.states import fits, meant, stood_of, word
from tierkeeper.rules.mirroring.text import joined, mark, parts, short_title
from tierkeeper.sync.judging import Court
from tierkeeper.sync.planning.sheet import begins, same

Values = dict[str, str | None]
Said = Mapping[str, str | None]

_ESTIMATE, _COMPONENT = "estimate", "component"
SEVERAL = frozenset({OWNER, _COMPONENT})
"""What may hold several values at once: a history, which has one change after the other, does not tell how it stood."""
_IN_OUR_WORDS = frozenset({TITLE, TEXT, STATE, LABELS, OWNER})
"""What is no text of people's own when it crosses, or was looked through before."""


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """The source or the target of a mirror. `longest` is what a title may hold on both, `other` the other's tracker.

    `words` is how what is said here is written for the other side, `form` what is taken here. `is_public` tells whether
    anybody may read here. `files`: issues have files of their own here.
    """

    mirror: Mirror
    queue: Queue
    tracker: Tracker
    account: Account
    court: Court
    is_source: bool
    longest: int
    words: Words
    form: Form
    is_public: Callable[[], bool]
    other: str = ""
    milestone: str = ""
    files: bool = False
    relations: frozenset[str] = frozenset()

    def case(self, history: History) -> Case:
        """The case as it is now."""
        return self.court.case_with_all(history)

    def said(self, history: History, facet: str) -> list[str]:
        """What the issue is told apart by: labels and components are several, any other facet has one value."""
        if facet in {LABELS, _COMPONENT}:
            return list(history.issue.labels) if facet == LABELS else self._components(history.issue)
        case = self.case(history)
        value = case.tier if facet == "tier" else case.facets.get(facet)
        return [value] if value is not None else []

    def words_of(self, issue: Issue) -> Words:
        """How what is said on this issue is written for the other side."""
        links = self.mirror.attachments in {"links", "copy"}
        files = {one.name: one.url for one in issue.attachments if one.url} if links else {}
        return msgspec.structs.replace(self.words, url=issue.url, files=files)

    def values(
        self, case: Case, issue: Issue, *, region: str = "", base: Said | None = None, stood: str = "", listed: str = ""
    ) -> Values:
        """What flows, as it is here. `base` is what both sides agreed on.

        What did not change here since is called as it was then: text by `region`, the state by how the issue `stood`.
        `listed` is what the twin's text is to say of files.
        """
        agreed: Said = base or {}
        title = short_title(self.words.redaction(issue.title), self.longest)
        found: Values = {TITLE: title, STATE: self._state(issue, agreed, stood)}
        found[LABELS] = "\n".join(sorted(self._crossing(issue.labels))) or None
        if self.is_source:
            found[TEXT] = mark(" ".join(filter(None, (issue.document or issue.body, listed))))
        else:
            ours = between_ours(issue)
            untouched = ours is not None and (not region or mark(ours) == region)
            found[TEXT] = agreed.get(TEXT) if untouched else "changed there"
        for flow in self.mirror.flows:
            if flow.facet == OWNER:
                found[OWNER] = self._owners(issue, agreed.get(OWNER))
            elif flow.facet == MILESTONE and self.place(MILESTONE) is None:
                found[MILESTONE] = self._milestone(issue, agreed.get(MILESTONE))
            elif flow.facet == _COMPONENT:
                found[_COMPONENT] = "\n".join(sorted(self._components(issue))) or None
            elif flow.facet == DUE:
                found[DUE] = self._due(case, agreed.get(DUE))
            elif flow.facet not in found:
                found[flow.facet] = self.in_source_words(flow.facet, case.facets.get(flow.facet))
        return {
            facet: value if facet in _IN_OUR_WORDS else self._crossing_part(value) for facet, value in found.items()
        }

    def _due(self, case: Case, agreed: str | None) -> str | None:
        """When it is due; as it was agreed on where this side says the same, as far as it tells: it may hold days."""
        desk, shown = self.court.desk, case.kept(DUE)
        if shown is None or same_due(shown, agreed, desk):
            return agreed if shown is not None else None
        moments = (clock.due for clock in case.clocks if clock.stopped is None and clock.due is not None)
        return next((at.isoformat() for at in sorted(moments) if same_due(shown, at.isoformat(), desk)), shown)

    def _crossing_part(self, value: str | None) -> str | None:
        """The lines of a value in which nothing is that never crosses: one that is changed would name nothing."""
        lines = value.split("\n") if value is not None else []
        return "\n".join(line for line in lines if not self.words.redaction.finds([line])) or None

    @property
    def name(self) -> Literal["source", "target"]:
        """Which side this is."""
        return "source" if self.is_source else "target"

    def _state(self, issue: Issue, agreed: Said, stood: str) -> str:
        here, before = stood_of(issue), agreed.get(STATE)
        rows = self.mirror.states
        if before is not None and (
            stood == str(here) if stood else fits(_loosely(meant(rows, self.name, before)), here)
        ):
            return before
        return word(rows, self.name, here)

    def _owners(self, issue: Issue, agreed: str | None) -> str | None:
        """The people who are assigned here and could be there; where none of them could, nothing changed."""
        known = [person for person in self._assigned(issue) if self._account(person, self.other)]
        if issue.assignees and not known:
            return agreed
        places = [self._place_on(OWNER, tracker) for tracker in (self.queue.tracker, self.other)]
        most = min((place.most for place in places if place is not None and place.most), default=len(known))
        if most == 1:
            return agreed if agreed in known else next(iter(known), None)
        return "\n".join(sorted(known[:most])) or None

    def left_out(self, issue: Issue) -> list[str]:
        """What the operator is told of those who are assigned here and have no account there that anybody knows of."""
        return [
            f"{issue.ref}: {person} has no account on {self.other} that `people` lists, and is not assigned there"
            for person in self._assigned(issue)
            if not self._account(person, self.other)
        ]

    def _assigned(self, issue: Issue) -> list[str]:
        desk, tracker = self.court.desk, self.queue.tracker
        return list(dict.fromkeys(desk.person_of(tracker, account.id) for account in issue.assignees))

    def _account(self, person: str, tracker: str) -> str:
        """The person's account on a tracker; one that the policy does not list is known on its own tracker only."""
        desk = self.court.desk
        return desk.account_of(person, tracker) if person in desk.people or self.other == self.queue.tracker else ""

    def chosen_by_people(self, case: Case, issue: Issue) -> bool:
        """Whether somebody else than us made the last person here responsible."""
        named = [change for change in case.changes.get(OWNER, ()) if change.after is not None]
        if named:
            return named[-1].kind != "ours" and not named[-1].command
        return issue.author is None or issue.author.id.casefold() != self.account.id.casefold()

    def _milestone(self, issue: Issue, agreed: str | None) -> str | None:
        """The one release that was agreed on, if it is still meant; else the first."""
        names = issue.fields.get(self.milestone, "").split("\n")
        return agreed if agreed in names else names[0] or None

    def _set_milestone(self, issue: Issue, value: str | None, said: str | None) -> SetField:
        """Put one release in the place of the one that was meant; others stay."""
        names = [name for name in issue.fields.get(self.milestone, "").split("\n") if name not in {"", said, value}]
        return SetField(self.milestone, "\n".join([*([value] if value is not None else []), *names]) or None)

    def _components(self, issue: Issue) -> list[str]:
        place = self.place(_COMPONENT)
        if place is None:
            return []
        if place.kind == "label":
            names = [label[len(place.name) :] for label in issue.labels if begins(label, place.name)]
        else:
            names = [name for name in issue.fields.get(place.name, "").split(", ") if name]
        return [self.in_source_words(_COMPONENT, name) or name for name in names]

    def _crossing(self, labels: tuple[str, ...]) -> Iterator[str]:
        """The labels that cross, by their name at the source."""
        for name, there in self.mirror.labels.items():
            if any(same(label, name if self.is_source else there) for label in labels):
                yield name

    def in_source_words(self, facet: str, value: str | None) -> str | None:
        """A value in the source's words; an effort in hours and minutes, however it is written."""
        if not self.is_source and value is not None:
            back = {there: here for here, there in self.mirror.values.get(facet, {}).items()}
            value = back.get(value, value)
        if facet == _ESTIMATE:
            effort = read_effort(value, self.court.desk.effort_day)
            return Effort.of_minutes(effort.minutes).text if effort is not None else value
        return value

    def native(self, facet: str, value: str | None) -> str | None:
        """A value in this side's words."""
        if value is None:
            return None
        if facet == DUE:
            at, place = read_due(value, self.court.desk), self.place(DUE)
            return written_due(at, place, self.court.desk) if at is not None and place is not None else value
        if facet == STATE:
            return "open" if meant(self.mirror.states, self.name, value).open else "closed"
        if facet == _ESTIMATE:
            day = self.court.desk.effort_day
            offered = self.court.desk.facets[facet].values
            value = next((one for one in offered if read_effort(one, day) == read_effort(value, day)), value)
        return value if self.is_source else self.mirror.values.get(facet, {}).get(value, value)

    # Writing

    def draft(self, values: Said, body: str) -> Draft:
        """An issue to be made here."""
        labels, fields, assignees = self._label_names(values.get(LABELS)), dict[str, str](), list[str]()
        for flow in self.mirror.flows:
            place, value = self.place(flow.facet), values.get(flow.facet)
            if place is None or value is None:
                continue
            if place.kind == "label":
                labels += [f"{place.name}{native}" for native in self._natives(flow.facet, value)]
            elif place.kind == "field":
                fields[place.name] = ", ".join(self._natives(flow.facet, value))
            elif place.kind == "assignee":
                assignees = self._accounts(value)
        return Draft(
            title=values[TITLE] or "", body=body, labels=tuple(labels), assignees=tuple(assignees), fields=fields
        )

    def changes(self, values: Said, issue: Issue, *, said: Said, text: str = "") -> list[Change]:
        """What has to be written so that the issue says this, where it `said` that.

        `text` is our part of its text, or all of it.
        """
        labels, native = list(issue.labels), list[Change]()
        for facet, value in values.items():
            place = self.place(facet)
            if facet == TITLE:
                title = restored(value or "", issue.title, self.words.redaction) if self.is_source else value
                native.append(SetField("title", title))
            elif facet == TEXT:
                native.append(
                    SetText(text if self.is_source else joined(text, markdown_of(issue.body, issue.document)))
                )
            elif facet == STATE:
                native.append(self._set_state(value or "open"))
            elif facet == LABELS:
                self._change_crossing(labels, value)
            elif facet == MILESTONE and place is None:
                native.append(self._set_milestone(issue, value, said.get(MILESTONE)))
            elif facet == OWNER:
                native += self._assign(issue, value, said.get(OWNER))
            elif place is not None:
                native += self._facet(place, facet, value, labels)
        added = [AddLabel(label) for label in labels if not any(same(label, old) for old in issue.labels)]
        gone = [RemoveLabel(old) for old in issue.labels if not any(same(label, old) for label in labels)]
        return [*added, *gone, *native]

    def _set_state(self, value: str) -> SetState:
        wanted = meant(self.mirror.states, self.name, value)
        return SetState(open=wanted.open, reason=wanted.reason, status=wanted.status)

    def _accounts(self, value: str | None) -> list[str]:
        found = [self._account(person, self.queue.tracker) for person in (value.split("\n") if value else [])]
        return [account for account in found if account]

    def _assign(self, issue: Issue, value: str | None, said: str | None) -> list[Change]:
        """Whom to add and whom to take off: of those who are assigned only those who were agreed on."""
        here = {account.id.casefold() for account in issue.assignees}
        wanted, before = self._accounts(value), self._accounts(said)
        added = [Assign(account) for account in wanted if account.casefold() not in here]
        gone = [account for account in before if account not in wanted and account.casefold() in here]
        return [*added, *(Unassign(account) for account in gone)]

    def place(self, facet: str) -> FacetMap | None:
        """Where this side's tracker keeps the facet."""
        return self._place_on(facet, self.queue.tracker)

    def _place_on(self, facet: str, tracker: str) -> FacetMap | None:
        known = self.court.desk.facets.get(facet)
        return known.maps.get(tracker) if known is not None else None

    def _natives(self, facet: str, value: str | None) -> list[str]:
        """A value in this side's words; components are as many as they are."""
        several = value.split("\n") if facet == _COMPONENT and value is not None else [value]
        return [native for one in several if (native := self.native(facet, one)) is not None]

    def _facet(self, place: FacetMap, facet: str, value: str | None, labels: list[str]) -> list[Change]:
        natives = self._natives(facet, value)
        if place.kind == "label":
            labels[:] = [label for label in labels if not begins(label, place.name)]
            labels += [f"{place.name}{native}" for native in natives]
            return []
        if place.kind == "status":
            status = natives[0] if natives else ""
            return [SetState(open=True, status=place.statuses.get(status, status))]
        return [SetField(place.name, ", ".join(natives) or None)] if place.kind == "field" else []

    def _label_names(self, value: str | None) -> list[str]:
        names = value.split("\n") if value else []
        return names if self.is_source else [self.mirror.labels[name] for name in names if name in self.mirror.labels]

    def _change_crossing(self, labels: list[str], value: str | None) -> None:
        wanted = self._label_names(value)
        ours = list(self.mirror.labels) if self.is_source else list(self.mirror.labels.values())
        labels[:] = [one for one in labels if not any(same(one, name) for name in ours)]
        labels += wanted


def _loosely(stood: Stood) -> Stood:
    """What a tracker that was asked for this surely shows: workflows may have a word of their own on why."""
    return msgspec.structs.replace(stood, reason="")


def between_ours(issue: Issue) -> str | None:
    """What stands between our two lines in its text, as Markdown; None where they are not there."""
    return parts(markdown_of(issue.body, issue.document)).ours
