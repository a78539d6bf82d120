"""The YAML case harness, and the pytest plugin that rule authors use.

A file ``tests/…/cases/<group>/<rule>.yml``, with ``rule:`` and ``cases:`` on top, is collected as one test a case::

    rule: TR07
    desk: four-level                # a desk that comes with this, the path of a desk.yaml, or a mapping laid over one
    mode: enforce                   # enforce (default), flag or shadow
    options: {border: 1d}           # the rule's; a case may add its own
    with: support                   # the tier that has the issue from the start, allowed; default: none is set
    cases:
      - it: puts four hours of work back to support
        story:
          - {at: mon 09:00, by: key-user-1, reports: Export fails, facets: {instance: berlin-01}}
          - {at: mon 10:00, by: support-1, estimate: 4h}
          - {at: mon 10:05, by: support-1, hands to: development}
        expect:                     # nothing at all: []
          - {refuse: tier, back to: support, facts: {estimate: 4h}}

A case may have `desk`, `options`, `mode` and `with` of its own, and ``history: incomplete``.

``family: {parent: {key: DESK-2, reported: mon 08:00}, children: […], alike: […], others: […]}`` states which reports
belong to the issue, which is ``DESK-1``; a relative has a `key`, when it was `reported`, and may have `title`, `by`,
`facets`, `answered` (a time) with its `answer`, `closed` (a time), and `joined` (the key of the one above it).

**Steps.** `reports` (with `body`, `labels`, `facets`), `hands to`, `sets`, `estimate`, `label`, `unlabel`, `assigns`,
`unassigns`, `comments` (with `edited`, `internal`), `closes`, `reopens`. Each has `at` and `by` (``unknown``: the
tracker does not say; ``tierkeeper``: our own account), and may have `as` (``bot``, ``app``). Two steps are nobody's:
``tierkeeper: runs`` (a cycle judges and writes) and ``observed: {role: [people]}`` (who was in a role, as read then).

**Times.** ``mon 09:00``, ``tue+1 08:30:05`` (a week later), ``+61s`` (after the step before), or ISO 8601 with its
offset. The week is that of Monday 23 November 2026, in the desk's zone; the desk `four-level` enforces from its first
minute on. A case is judged 61 s after its last step, or at its `now`.

**Expectations.** `refuse` (with `back to`), `stands`, `not judged`, `allowed`, `want` and `shadow` (with `value`),
`flag` (the rule's code), `tell` (persons), `wake` and `waits` (a time), `unknown` (true), `refused command` (part of
what is said), `carries` (with `value`). Most take `facts` (those that count), `says` and `remedy` (parts of the text).
All that came of it has to be expected, in any order; only `allowed`, and `not judged` where the rule had nothing to say
either, may be left out. Then what was decided is written into the story, and judged again: nothing new may come of it.

Importing this module imports nothing else: pytest does it in every run, wherever Tierkeeper is installed.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

_KEYS = {"rule:", "cases:"}


def pytest_collect_file(file_path: "Path", parent: "pytest.Collector") -> "pytest.Collector | None":
    """Collect the case files of rules: YAML under a folder called ``cases``, with ``rule:`` and ``cases:`` on top."""
    if file_path.suffix not in {".yml", ".yaml"} or "cases" not in file_path.parent.parts:
        return None
    lines = file_path.read_text(encoding="utf-8").splitlines()
    if not {line.split(" ", 1)[0] for line in lines} >= _KEYS:
        return None
    from tierkeeper.rules.testing.collect import RuleCases  # noqa: PLC0415 - see the docstring

    return RuleCases.from_parent(parent, path=file_path)
