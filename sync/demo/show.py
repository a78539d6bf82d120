"""Plays the week: each act, then a real `tierkeeper run` with the clock set, then what it did, in words."""

import io
import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal, Protocol

from tierkeeper.plugins.errors import TierkeeperError
from tierkeeper.plugins.github.sandbox import GitHubSandbox
from tierkeeper.plugins.host import load_plugins
from tierkeeper.rules.policy import Policy, load_policy
from tierkeeper.sync.demo.stage import OWN, Stage, desk_text, moment, populate, token_of
from tierkeeper.sync.demo.story import WEEK, Act

Kind = Literal["act", "aside", "done", "quiet", "table", "text"]


class Teller(Protocol):
    """Who tells the story."""

    def line(self, text: str, kind: Kind = "text") -> None:
        """One line."""
        ...

    def rows(self, rows: Sequence[Sequence[str]]) -> None:
        """What Tierkeeper did: what it touched, what it did, by which rule, why."""
        ...


_VERBS = {
    "hands": "sets tier:{what}",
    "also labels": "adds tier:{what} and leaves the old label on",
    "labels": "adds {what}",
    "drops the label": "takes tier:{what} off",
    "says": "comments: {what}",
    "takes": "assigns themselves",
    "closes": "closes it",
    "reopens": "opens it again",
}


def play(folder: Path, teller: Teller, *, port: int = 0, keep: Callable[[str], None] | None = None) -> dict[str, int]:
    """Play the whole week with its files in `folder`; the counts of acts, put-backs and writes.

    `keep` is called with the sandbox's address at the end, while it is still up.
    """
    with GitHubSandbox(port=port, now=moment("mon 08:00")) as box:
        policy_file = folder / "desk.yaml"
        policy_file.write_text(desk_text().replace("https://api.github.com", box.url), encoding="utf-8")
        policy = load_policy(policy_file.read_text(encoding="utf-8"), file=str(policy_file), host=load_plugins())
        populate(box, policy.desk)
        stage = Stage(box)
        counts = {"acts": 0, "put back": 0, "written": 0}
        with _environment({"GITHUB_TOKEN": token_of(OWN)}):
            teller.line(f"The desk is {policy_file}, its GitHub is {box.url}.")
            _check(policy_file, teller)
            _run(policy_file, box)
            for act in WEEK:
                _play_one(act, stage, policy_file, teller, counts)
            _second_run(policy_file, box, teller)
            _board(policy, stage, teller)
        teller.line(f"{counts['acts']} acts, {counts['put back']} put back, {counts['written']} issues written to.")
        if keep is not None:
            keep(box.url)
    return counts


def _play_one(act: Act, stage: Stage, policy_file: Path, teller: Teller, counts: dict[str, int]) -> None:  # noqa: PLR0917 - one step of the play
    at = moment(act.at)
    stage.box.set_now(at)
    stage.act(act)
    number = stage.numbers[act.issue]
    aside = f"  ({act.aside})" if act.aside else ""
    teller.line(f"{at:%a %H:%M}  {act.who}  webapp#{number} {_did(act)}{aside}", "act")
    stage.box.set_now(at + timedelta(seconds=61))
    answer = _run(policy_file, stage.box)
    steps = [step for issue in answer["issues"] for step in issue["steps"]]
    counts["acts"] += 1
    counts["written"] += answer["written"]
    counts["put back"] += sum(bool(step["facet"] == "tier" and step["rule"] and step["evidence"]) for step in steps)
    teller.rows([_row(step) for step in steps] or [("", "nothing to do")])
    for problem in answer["problems"]:
        teller.line(f"problem: {problem}")


def _row(step: dict[str, Any]) -> tuple[str, str, str, str]:
    rule = f"{step['rule']} {step['mode']}" if step["rule"] else ""
    return (step["subject"], step["what"], rule, step["reason"])


def _did(act: Act) -> str:
    if act.verb == "reports":
        labels = f" [{', '.join(act.labels)}]" if act.labels else ""
        return f"reports: {act.what}{labels}"
    return _VERBS[act.verb].format(what=act.what.replace("\n", " "))


def _check(policy_file: Path, teller: Teller) -> None:
    code, out, err = _command("check", "--live", "--create-labels", "--policy", str(policy_file), "--json")
    if code:
        raise TierkeeperError(f"`tierkeeper check` found the demo's desk wrong:\n{err or out}")
    made = json.loads(out)["created_labels"]
    count = sum(len(labels) for labels in made.values())
    teller.line(f"`tierkeeper check --live --create-labels` made {count} labels.")


def _run(policy_file: Path, box: GitHubSandbox) -> dict[str, Any]:
    code, out, err = _command("run", "--policy", str(policy_file), "--json", "--now", box.now.isoformat())
    if code > 1 or not out:
        raise TierkeeperError(f"`tierkeeper run` ended with {code}:\n{err}")
    return dict(json.loads(out))


def _second_run(policy_file: Path, box: GitHubSandbox, teller: Teller) -> None:
    before = len(box.requests)
    _run(policy_file, box)
    calls = box.requests[before:]
    writes = sum(call[0] != "GET" for call in calls)
    teller.line("")
    teller.line(f"One more run with nothing new: {len(calls)} requests, {writes} writes.")


def _board(policy: Policy, stage: Stage, teller: Teller) -> None:
    teller.line("")
    teller.line("Open issues by tier at the end of the week:")
    listed = stage.open_issues()
    for tier in policy.desk.tier_names:
        here = [issue for issue in listed if f"tier:{tier}" in issue.labels]
        teller.line(f"{policy.desk.shown_tier(tier):<12} {len(here)}", "table")
        for issue in here:
            others = ", ".join(label for label in issue.labels if label.startswith("flag:"))
            teller.line(
                f"             webapp#{issue.number}  {issue.title}{f'  ({others})' if others else ''}", "quiet"
            )


@contextmanager
def _environment(values: dict[str, str]) -> Iterator[None]:
    old = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in old.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _command(*arguments: str) -> tuple[int, str, str]:
    """Run `tierkeeper` in this process: exit code, standard output, standard error."""
    from tierkeeper.sync.cli.main import main  # noqa: PLC0415 - the command line imports this module

    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = main(arguments)
    return code, out.getvalue(), err.getvalue()
