"""TR03: it was handed on without what the next tier needs."""

from collections.abc import Iterator, Mapping

from pydantic import Field

from tierkeeper.plugins import Case, Decision, Desk, Duration, FacetChange, Refuse, Rule, RuleOptions, headed

_HEADINGS: Mapping[str, tuple[str, ...]] = {
    "environment": ("environment", "instance", "entry point", "version"),
    "steps": ("steps", "steps to reproduce", "how to reproduce"),
    "tried": ("tried", "what was tried"),
    "finding": ("finding", "findings", "cause"),
    "answer": ("answer", "solution", "resolution"),
    "workaround": ("workaround",),
    "impact": ("impact",),
}
_FACETS: Mapping[str, tuple[str, ...]] = {"environment": ("instance", "entry_point"), "estimate": ("estimate",)}


class IncompleteHandover(Rule):
    """Handed to {tier} without {missing}.

    **Why.** What is missing is asked for later, by somebody who knows less, of somebody who has gone home. An issue
    that is complete is handled once.

    **Refuses.** The help desk hands an issue to support; the policy says `needs: [tried]`, and nobody wrote what was
    tried. All that is missing is named at once.

    **Lets pass.** The report or a comment has a heading `Steps to reproduce` with text below it, or a line
    `Steps: log in, open the export`. `environment` is known from the issue's instance or entry point, `estimate` from
    its facet. The reason given with `/handover` counts as a text too. A handover for which the policy lists no needs.

    **Options.** `grace`: how long after the handover a comment still counts (default 1m): people click first and write
    then. `headings`: for each need, further headings that answer it, such as `{steps: [Reproduktion]}`.

    **When not to use it.** Where tiers sit in one room and ask across the table.
    """

    code = "TR03"
    group = "tiers"
    guards = frozenset({"tier"})

    class Options(RuleOptions):
        """What counts as an answer to a need."""

        grace: Duration = Duration("1m")
        headings: dict[str, list[str]] = Field(default_factory=dict)

    options: Options

    def judge(self, case: Case, desk: Desk) -> Iterator[Decision]:
        """Refuse a handover that lacks what the policy says it needs."""
        handover = case.last_handover()
        if handover is None or handover.before is None or handover.after is None:
            return
        terms = desk.terms(handover.before, handover.after)
        if terms is None or handover.kind in {"ours", "unknown"}:
            return
        texts = self._texts(case, handover)
        missing = [need for need in terms.needs if not self._has(need, case, texts)]
        if missing:
            yield Refuse(
                handover,
                facts={
                    "tier": desk.shown_tier(handover.after),
                    "missing": _listed(missing),
                    "example": f"{missing[0].capitalize()}: …",
                },
                remedy="Write it in a comment (a line `{example}` is enough), then hand it on again.",
                public=True,
            )

    def _texts(self, case: Case, handover: FacetChange) -> list[str]:
        last = (handover.asked or handover.at) + self.options.grace.elapsed
        return [case.body, handover.note, *(reply.body for reply in case.replies if reply.at <= last)]

    def _has(self, need: str, case: Case, texts: list[str]) -> bool:
        if any(case.facets.get(facet) for facet in _FACETS.get(need, (need,))):
            return True
        names = (need, *_HEADINGS.get(need, ()), *self.options.headings.get(need, ()))
        wanted = {name.casefold().replace("-", " ") for name in names}
        return any(name in wanted for text in texts for name, _ in headed(text))


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
