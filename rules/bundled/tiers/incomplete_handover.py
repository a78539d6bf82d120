"""TR03: it was handed on without what the next tier needs."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from pydantic import Field

from tierkeeper.plugins import Case, Decision, Desk, Duration, FacetChange, OptionFault, Refuse, Rule, RuleOptions
from tierkeeper.plugins.markup.answers import answers, name_of
from tierkeeper.plugins.model.handed import judged_handover

_HEADINGS: Mapping[str, tuple[str, ...]] = {
    "environment": ("instance", "entry point", "version"),
    "steps": ("steps to reproduce", "how to reproduce"),
    "tried": ("what was tried",),
    "finding": ("findings", "cause"),
    "answer": ("solution", "resolution"),
}
_FACETS: Mapping[str, tuple[str, ...]] = {"environment": ("instance", "entry_point")}
_WORDS = {"tried": "what was tried", "finding": "a finding", "estimate": "an estimate", "answer": "an answer"}
_PARTS = ("instance", "entry_point", "version")
_LINK = re.compile(r"https?://\S|\]\([^)\s]")


class IncompleteHandover(Rule):
    """Handed to {tier} without {missing}.

    **Why.** What is missing is asked for later, by somebody who knows less, of somebody who has gone home. An issue
    that is complete is handled once.

    **Refuses.** The help desk hands an issue to support; the policy says `needs: [tried]`, and nobody wrote what was
    tried. All that is missing is named at once.

    **Lets pass.** The report or a comment has a heading `Steps to reproduce` with text below it, or a line
    `Steps: log in, open the export`. `environment` is known from the issue's instance or entry point, `estimate` from
    its facet. `workaround` is answered by a link to the handbook, or by the word none. The reason given with
    `/handover` counts as a text too. A handover for which the policy lists no needs.

    **Options.** `grace`: how long after the handover a comment still counts (default 1m): people click first and write
    then. `headings`: for each need, further headings that answer it, such as `{steps: [Reproduktion]}`. `environment`:
    which of instance, entry_point and version the environment takes, each of them (default: any one will do).
    `links`: the needs that take a link, each with the words that say that there is none (default
    `{workaround: [none]}`).

    **When not to use it.** Where tiers sit in one room and ask across the table.
    """

    code = "TR03"
    group = "tiers"
    guards = frozenset({"tier"})

    class Options(RuleOptions):
        """What counts as an answer to a need."""

        grace: Duration = Duration("1m")
        headings: dict[str, list[str]] = Field(default_factory=dict)
        environment: list[str] = Field(default_factory=list)
        links: dict[str, list[str]] = Field(default_factory=lambda: {"workaround": ["none"]})

    options: Options

    def check(self, desk: Desk) -> Iterator[OptionFault]:  # noqa: ARG002 - the same for every desk
        """Report a part of the environment that there is not."""
        for index, part in enumerate(self.options.environment):
            if part not in _PARTS:
                yield OptionFault(("environment", index), f'unknown part "{part}"', f"parts: {', '.join(_PARTS)}")

    def judge(self, case: Case, desk: Desk) -> Iterator[Decision]:
        """Refuse a handover that lacks what the policy says it needs."""
        handover = judged_handover(case)
        if handover is None or handover.before is None or handover.after is None:
            return
        terms = desk.terms(handover.before, handover.after)
        if terms is None or not terms.needs:
            return
        missing = [part for need in terms.needs for part in self._parts(need) if not _is_known(part, case)]
        for text in self._texts(case, handover) if missing else ():
            given = list(answers(text))
            missing = [part for part in missing if not self._is_given(part, given)]
            if not missing:
                break
        if missing:
            yield Refuse(
                handover,
                facts={
                    "tier": desk.shown_tier(handover.after),
                    "missing": _listed([_shown(part) for part in missing]),
                    "example": self._example(missing[0]),
                },
                remedy="Write it in a comment (a line `{example}` is enough), then hand it on again.",
                public=True,
            )

    def _texts(self, case: Case, handover: FacetChange) -> list[str]:
        """What may hold the answers, the newest first: there they mostly are."""
        last = (handover.asked or handover.at) + self.options.grace.elapsed
        said = [case.body, handover.note, *(reply.body for reply in case.replies if reply.at <= last)]
        return said[::-1]

    def _parts(self, need: str) -> Sequence[str]:
        """What all has to be there for a need."""
        return (self.options.environment or (need,)) if need == "environment" else (need,)

    def _is_given(self, need: str, given: Sequence[tuple[str, str]]) -> bool:
        wanted = _names((need.replace("_", " "), *_HEADINGS.get(need, ()), *self.options.headings.get(need, ())))
        return any(name in wanted and self._counts(need, said) for name, said in given)

    def _counts(self, need: str, said: str) -> bool:
        """Whether an answer is one: where a link is wanted, a link, or a word that there is none."""
        words = self.options.links.get(need)
        if words is None or _LINK.search(said):
            return True
        first = said.split("\n", 1)[0].strip(" .*_").casefold()
        return first in {word.casefold() for word in words}

    def _example(self, need: str) -> str:
        words, name = self.options.links.get(need), need.replace("_", " ").capitalize()
        return f"{name}: …" if words is None else f"{name}: {' or '.join(['LINK', *words])}"


def _is_known(need: str, case: Case) -> bool:
    """Whether a facet tells it."""
    return any(case.facets.get(facet) for facet in _FACETS.get(need, (need,)))


@cache
def _names(headings: tuple[str, ...]) -> frozenset[str]:
    """Headings as they are compared."""
    return frozenset(map(name_of, headings))


def _shown(need: str) -> str:
    return _WORDS.get(need, need.replace("_", " "))


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
