"""TR18: a feature request lies with support."""

from collections.abc import Iterator

from tierkeeper.plugins import Case, Decision, Desk, Effort, Flag, OptionFault, Rule, RuleOptions, Want
from tierkeeper.plugins.model.work import Work, work_of


class FeatureGoesOn(Rule):
    """A feature request is with {source}; it goes to {tier} right away.

    **Why.** Support cannot build it. Each day that a request lies there is a day on which nobody plans it, and each
    hour spent on it is missing where users wait for help.

    **Flags.** Somebody of support recorded work on a feature request.

    **Wants.** An issue of support gets the kind feature: it goes to development, without a look first.

    **Lets pass.** A feature request that development gave back, or whose handover was put back: what it needs is for
    people to say. One with the key users or the help desk, unless the policy names their tier.

    **Options.** `tiers`: where no feature request should lie (default: the tier below the last one).

    **When not to use it.** Where support plans or builds features itself.
    """

    code = "TR18"
    group = "tiers"
    wants = frozenset({"tier"})

    class Options(RuleOptions):
        """Where no feature request should lie."""

        tiers: tuple[str, ...] = ()

    options: Options

    def check(self, desk: Desk) -> Iterator[OptionFault]:
        """Report a tier that the desk does not have, and the one that features go to."""
        below = desk.tier_names[:-1]
        for place, name in enumerate(self.options.tiers):
            if name not in below:
                message = f'feature requests cannot go on from "{name}"'
                yield OptionFault(("tiers", place), message, f"the tiers below the last one are {', '.join(below)}")

    def judge(self, case: Case, desk: Desk) -> Iterator[Decision]:
        """Want a feature request with the last tier; flag work that was recorded on it before."""
        if case.kind != "feature":
            return
        tiers = self.options.tiers or desk.tier_names[:-1][-1:]
        if case.tier in tiers and case.open and case.complete and not _came_back(case, desk):
            facts = {"source": desk.shown_tier(case.tier), "tier": desk.shown_tier(desk.top_tier)}
            yield Want("tier", desk.top_tier, facts=facts)
        done = [work for work in work_of(case) if _is_in_vain(work, tiers, case, desk)]
        if done:
            minutes = sum(work.effort.minutes for work in done)
            yield Flag(
                facts={
                    "who": ", ".join(dict.fromkeys(case.name_of(work.by) for work in done)),
                    "spent": Effort.of_minutes(minutes, day_minutes=case.effort_day),
                    "tier": desk.shown_tier(desk.top_tier),
                },
                text="{who} recorded {spent} of work on a feature request, which is {tier}'s.",
            )


def _came_back(case: Case, desk: Desk) -> bool:
    """Whether it was with the last tier before, and came from there."""
    last = case.last_handover()
    return last is not None and last.before == desk.top_tier


def _is_in_vain(work: Work, tiers: tuple[str, ...], case: Case, desk: Desk) -> bool:
    """Whether somebody of these tiers did it while it was a feature request."""
    if case.value_at("kind", work.at) != "feature":
        return False
    return any(desk.is_member(work.by, tier, case, work.at) for tier in tiers)
