"""A file of cases, read: strictly, every fault with its line."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from tierkeeper.plugins.errors import PolicyError
from tierkeeper.plugins.host import Host
from tierkeeper.rules.policy.nodes import read_document
from tierkeeper.rules.policy.problems import Findings, did_you_mean
from tierkeeper.rules.policy.yaml_text import Document
from tierkeeper.rules.policy.yaml_text import Path as Place
from tierkeeper.rules.testing.benches import Data, DeskFault, read_desk
from tierkeeper.rules.testing.failure import failure, failures
from tierkeeper.rules.testing.relatives import FAMILY

SHARED = ("desk", "options", "mode", "with")
"""Keys of a file that its cases may give too."""

FILE_KEYS = ("rule", *SHARED, "cases")
CASE_KEYS = ("it", *SHARED, "now", "history", "family", "story", "expect")
MODES = ("enforce", "flag", "shadow")

STEPS: Mapping[str, tuple[str, ...]] = {
    "reports": ("body", "labels", "facets"),
    "hands to": (),
    "sets": (),
    "estimate": (),
    "label": (),
    "unlabel": (),
    "assigns": (),
    "unassigns": (),
    "comments": ("edited", "internal"),
    "closes": (),
    "reopens": (),
    "tierkeeper": (),
    "observed": (),
}
"""What may happen in a step, with the keys that go with it."""

NOBODYS = ("tierkeeper", "observed")
"""Steps that nobody makes."""

WHO = ("at", "by", "as")

OUTCOMES: Mapping[str, tuple[str, ...]] = {
    "refuse": ("back to", "facts", "says", "remedy"),
    "stands": ("facts", "says", "remedy"),
    "not judged": ("facts", "says"),
    "allowed": (),
    "want": ("value", "facts", "says", "remedy"),
    "flag": ("facts", "says", "remedy"),
    "shadow": ("value", "facts", "says"),
    "tell": ("says",),
    "wake": (),
    "waits": (),
    "unknown": ("says",),
    "refused command": ("remedy",),
    "carries": ("value",),
}
"""What may be expected, with the keys that go with it."""


class RuleCase(msgspec.Struct, frozen=True, kw_only=True):
    """One case, as it stands in its file at `path`; `desk` is the desk's text as data."""

    rule: str
    it: str
    document: Document
    path: Place
    host: Host
    desk: Data
    options: Data
    mode: str
    starts_with: str
    now: str
    complete: bool
    family: Data | None
    story: Sequence[Data]
    expect: Sequence[Data]

    @property
    def line(self) -> int:
        """The line of its file that it begins in."""
        return self.document.mark((*self.path, "it")).line


def read_cases(path: Path, host: Host) -> list[RuleCase]:
    """The cases of a file. Raises CaseFailed with all that is wrong with it."""
    try:
        document, problems = read_document(path.read_text(encoding="utf-8"), _shown(path))
        findings = Findings(document)
        findings.take(problems)
        check = _Check(document, findings, host)
        check.file()
        findings.refuse()
    except PolicyError as error:
        raise failures(error.problems) from None
    return list(_cases(document, path.parent, host))


def _shown(path: Path) -> str:
    """The file's name as it is given from here."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


class _Check:
    """Finds what is wrong with the shape of a file."""

    def __init__(self, document: Document, findings: Findings, host: Host) -> None:
        self.data, self.findings, self.host = document.data, findings, host

    def file(self) -> None:
        self._keys((), self.data, FILE_KEYS)
        code = self.data.get("rule")
        if code not in self.host.rules:
            failed = "".join(f"; {error}" for error in self.host.failures)
            self.findings.add(("rule",), f'no plugin brings a rule "{code}"{failed}', "name one that is installed")
        self._shared((), self.data)
        cases = self.data.get("cases")
        if not isinstance(cases, list) or not cases:
            self.findings.add(("cases",), "expected a list of cases", on_key=True)
            return
        names: dict[str, int] = {}
        for index, case in enumerate(cases):
            path: Place = ("cases", index)
            if not isinstance(case, dict):
                self.findings.add(path, "expected a case: it, story and expect")
                continue
            self._case(path, case)
            it = " ".join(str(case.get("it", index)).split())
            if names.setdefault(it.casefold(), index) != index:
                self.findings.add((*path, "it"), f'two cases are called "{it}"', "say how they differ")

    def _case(self, path: Place, case: Data) -> None:
        self._keys(path, case, CASE_KEYS)
        self._shared(path, case)
        if not isinstance(case.get("it"), str) or not str(case["it"]).strip():
            self.findings.add((*path, "it"), "a case says in one sentence what the rule does: it: …", on_key=True)
        if "history" in case and case["history"] not in {"complete", "incomplete"}:
            self.findings.add((*path, "history"), "expected complete or incomplete")
        if not isinstance(case.get("family", {}), dict):
            self.findings.add((*path, "family"), f"expected a mapping: {', '.join(FAMILY)}")
        if "now" in case and not isinstance(case["now"], str):
            self.findings.add((*path, "now"), "expected a time, such as mon 09:00")
        for key, kinds, what in (("story", STEPS, "step"), ("expect", OUTCOMES, "expectation")):
            items = case.get(key)
            if not isinstance(items, list) or (key == "story" and not items):
                none = "; nothing at all is written []" if key == "expect" else ""
                self.findings.add((*path, key), f"a case needs a list of {what}s under {key}:{none}", on_key=True)
                continue
            for index, item in enumerate(items):
                self._item((*path, key, index), item, kinds=kinds, what=what)

    def _item(self, path: Place, item: object, *, kinds: Mapping[str, tuple[str, ...]], what: str) -> None:
        if not isinstance(item, dict):
            self.findings.add(path, f"expected a mapping: {what}s are {', '.join(kinds)}")
            return
        heads = [key for key in item if key in kinds]
        around = WHO if what == "step" else ()
        if len(heads) != 1:
            found = " and ".join(heads) or "none"
            self.findings.add(path, f"expected exactly one of {', '.join(kinds)}; got {found}")
        known = [*heads, *around, *(key for head in heads for key in kinds[head])]
        self._keys(path, item, known if heads else [*kinds, *around])
        if what == "step":
            self._who(path, item, heads)

    def _who(self, path: Place, item: Data, heads: Sequence[str]) -> None:
        if not isinstance(item.get("at"), str):
            self.findings.add(path, "a step has a time: at: mon 09:00")
        nobody = bool(heads) and heads[0] in NOBODYS
        if nobody == ("by" in item):
            self.findings.add(path, "nobody does this: leave out by" if nobody else "a step says who does it: by: …")
        if item.get("as", "bot") not in {"bot", "app"}:
            self.findings.add((*path, "as"), "expected bot or app")
        if "tierkeeper" in heads and item["tierkeeper"] != "runs":
            self.findings.add((*path, "tierkeeper"), "expected runs")

    def _shared(self, path: Place, data: Data) -> None:
        if data.get("mode", "enforce") not in MODES:
            self.findings.add((*path, "mode"), f"expected one of {', '.join(MODES)}")
        if not isinstance(data.get("options", {}), dict):
            self.findings.add((*path, "options"), "expected a mapping of the rule's options")
        if not isinstance(data.get("with", ""), str):
            self.findings.add((*path, "with"), "expected the name of a tier")

    def _keys(self, path: Place, data: Data, known: Sequence[str]) -> None:
        for key in data:
            if key not in known:
                self.findings.add((*path, key), f'unknown key "{key}"', did_you_mean(key, "keys", known), on_key=True)


def _cases(document: Document, folder: Path, host: Host) -> Iterator[RuleCase]:
    data = document.data
    shared = _desk(document, (), like=None, folder=folder)
    cases = data["cases"]
    assert isinstance(cases, list)
    for index, case in enumerate(cases):
        path: Place = ("cases", index)
        yield RuleCase(
            rule=str(data["rule"]),
            it=" ".join(case["it"].split()),
            document=document,
            path=path,
            host=host,
            desk=_desk(document, path, like=shared, folder=folder),
            options={**_mapping(data.get("options")), **_mapping(case.get("options"))},
            mode=str(case.get("mode", data.get("mode", "enforce"))),
            starts_with=str(case.get("with", data.get("with", ""))),
            now=str(case.get("now", "+61s")),
            complete=case.get("history") != "incomplete",
            family=case.get("family"),
            story=case["story"],
            expect=case["expect"],
        )


def _mapping(data: object) -> Data:
    return data if isinstance(data, dict) else {}


def _desk(document: Document, path: Place, *, like: Data | None, folder: Path) -> Data:
    try:
        return read_desk(document.value((*path, "desk")), like=like, folder=folder)
    except DeskFault as fault:
        raise failure(document, (*path, "desk"), str(fault)) from None
