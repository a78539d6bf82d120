"""What plugins say of mirrors: which issues have a twin, what it is called and gets there, and what is held back.

A plugin that fails is named, and the issue that it failed on is put aside: what it would have said is not known.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from tierkeeper.plugins.errors import PluginError
from tierkeeper.plugins.host import Host
from tierkeeper.plugins.model.case import Case
from tierkeeper.plugins.model.change import Draft
from tierkeeper.plugins.model.desk import Desk
from tierkeeper.plugins.model.issue import Issue
from tierkeeper.plugins.model.mirror import Mirror
from tierkeeper.rules.mirroring.text import parts


class Hooks(msgspec.Struct, frozen=True):
    """The hooks for mirrors. Without a host nobody has anything to say. Raises PluginError, once all were heard."""

    host: Host | None = None

    def chooses(self, mirror: Mirror, case: Case) -> bool:
        """Whether an issue that fits is to have a twin."""
        heard = self._heard("tierkeeper_mirror_choose", bool, mirror=mirror, case=case)
        return all(answer for _, answer in heard)

    def holds(self, mirror: Mirror, case: Case) -> str:
        """Why nothing of an issue is carried over now; empty if it is."""
        heard = self._heard("tierkeeper_mirror_hold", str, mirror=mirror, case=case)
        return "; ".join(f"{answer} (plugin {name!r})" for name, answer in heard if answer)

    def enriched(self, mirror: Mirror, case: Case, draft: Draft) -> Draft:
        """The twin as plugins want it."""
        given: dict[str, Any] = {"mirror": mirror, "case": case, "draft": draft}
        for name, answer in self._each("tierkeeper_mirror_draft", Draft, given):
            if lost := _lost(draft, answer):
                what = f"changed the {lost} of a twin, which stays in step with its source; add to it instead"
                raise PluginError(f"plugin {name!r} {what}", plugin=name)
            given["draft"] = answer
        made: Draft = given["draft"]
        return made

    def tell(self, mirror: Mirror, case: Case, twin: Issue) -> None:
        """A twin was made."""
        self._heard("tierkeeper_mirror_made", type(None), mirror=mirror, case=case, twin=twin)

    def mapped(self, mirror: Mirror, desk: Desk) -> Mirror:
        """The mirror with what values are called on its twins."""
        values: dict[str, Mapping[str, str]] = dict(mirror.values)
        for flow in mirror.flows:
            names = dict(values.get(flow.facet, {}))
            for value in _values(desk, flow.facet):
                heard = self._heard("tierkeeper_mirror_map", str, mirror=mirror, facet=flow.facet, value=value)
                for name, answer in heard:
                    if names.setdefault(value, answer) == answer and list(names.values()).count(answer) > 1:
                        what = f"gives two values of {flow.facet} the name {answer!r}; a twin's could not be told apart"
                        raise PluginError(f"plugin {name!r} {what}", plugin=name)
            if names:
                values[flow.facet] = names
        return msgspec.structs.replace(mirror, values=values)

    def _heard(self, hook: str, kind: type, **given: object) -> list[tuple[str, Any]]:
        return list(self._each(hook, kind, given))

    def _each(self, hook: str, kind: type, given: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        failed = None
        for one in self.host.hear(hook, kind, given) if self.host is not None else ():
            if one.error is None:
                yield one.plugin, one.answer
            failed = failed or one.error
        if failed is not None:
            raise failed


def _lost(before: Draft, after: Draft) -> str:
    """What of a draft flows, and is no longer in it."""
    kept = {
        "title": before.title == after.title,
        "text between our marks": parts(before.body).ours == parts(after.body).ours,
        "labels": set(before.labels) <= set(after.labels),
        "fields": before.fields.items() <= after.fields.items(),
    }
    return next((name for name, whole in kept.items() if not whole), "")


def _values(desk: Desk, facet: str) -> Iterable[str]:
    """The values that the policy lists."""
    if facet == "tier":
        return desk.tier_names
    known = desk.facets.get(facet)
    return known.values if known is not None else ()
