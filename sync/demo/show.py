"""Plays the week: each act, then a real `tierkeeper run` with the clock set, then what it did, in words."""

import io
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from datetime import timedelta
from pathlib import Path
from typing import Any

from tierkeeper.plugins.errors import TierkeeperError
from tierkeeper.plugins.github.sandbox import GitHubSandbox
from tierkeeper.plugins.host import load_plugins
from tierkeeper.rules.policy import Policy, load_policy
from tierkeeper.sync.demo.stage import OWN, Stage, desk_text, moment, populate, token_of
from tierkeeper.sync.demo.story import WEEK, Act

Say = Callable[[str, str], None]
"""Prints a line; the second argument is its kind: ``day``, ``act``, ``done``, ``quiet``, ``table``, ``text``."""

_VERBS = {
    "hands": "sets tier:{what}",
    "also labels": "adds tier:{what} and leaves the old label on",
    "drops the label": "takes tier:{what} off",
    "says": "comments: {what}",
    "takes": "assigns themselves",
    "closes": "closes it",
    "reopens": "opens it again",
}


def play(folder: Path, say: Say, *, port: int = 0, keep: Callable[[str], None] | None = None) -> dict[str, int]:
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
            say(f"The desk is {policy_file}, its GitHub is {box.url}.", "text")
            _check(policy_file, say)
            _run(policy_file, box)
            for act in WEEK:
                _play_one(act, stage, policy_file, say, counts)
            _second_run(policy_file, box, say)
            _board(policy, stage, say)
        say(f"{counts['acts']} acts, {counts['put back']} put back, {counts['written']} issues written to.", "text")
        if keep is not None:
            keep(box.url)
    return counts


def _play_one(act: Act, stage: Stage, policy_file: Path, say: Say, counts: dict[str, int]) -> None:  # noqa: PLR0917 - one step of the play
    at = moment(act.at)
    stage.box.set_now(at)
    stage.act(act)
    number = stage.numbers[act.issue]
    aside = f"   ({act.aside})" if act.aside else ""
    say(f"{at:%a %H:%M}  {act.who}  webapp#{number} {_did(act)}{aside}", "act")
    stage.box.set_now(at + timedelta(seconds=61))
    answer = _run(policy_file, stage.box)
    counts["acts"] += 1
    counts["written"] += answer["written"]
    lines = list(_told(answer))
    counts["put back"] += sum(kind == "back" for kind, _ in lines)
    for _, line in lines:
        say(f"           {line}", "done")
    if not lines:
        say("           stands", "quiet")


def _did(act: Act) -> str:
    if act.verb == "reports":
        labels = f" [{', '.join(act.labels)}]" if act.labels else ""
        return f"reports: {act.what}{labels}"
    return _VERBS[act.verb].format(what=act.what.replace("\n", " "))


def _told(answer: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for issue in answer["issues"]:
        for step in issue["steps"]:
            rule = f"  {step['rule']} {step['mode']}" if step["rule"] else ""
            reason = f": {step['reason']}" if step["reason"] else ""
            back = step["facet"] == "tier" and step["rule"] and step["evidence"]
            yield "back" if back else "", f"{issue['issue']}  {step['subject']} {step['what']}{rule}{reason}"
    for problem in answer["problems"]:
        yield "", f"problem: {problem}"


def _check(policy_file: Path, say: Say) -> None:
    code, out, err = _command("check", "--live", "--create-labels", "--policy", str(policy_file), "--json")
    if code:
        raise TierkeeperError(f"`tierkeeper check` found the demo's desk wrong:\n{err or out}")
    made = json.loads(out)["created_labels"]
    count = sum(len(labels) for labels in made.values())
    say(f"`tierkeeper check --live --create-labels` made {count} labels.", "text")


def _run(policy_file: Path, box: GitHubSandbox) -> dict[str, Any]:
    code, out, err = _command("run", "--policy", str(policy_file), "--json", "--now", box.now.isoformat())
    if code > 1 or not out:
        raise TierkeeperError(f"`tierkeeper run` ended with {code}:\n{err}")
    return dict(json.loads(out))


def _second_run(policy_file: Path, box: GitHubSandbox, say: Say) -> None:
    before = len(box.requests)
    _run(policy_file, box)
    calls = box.requests[before:]
    writes = sum(call[0] != "GET" for call in calls)
    say("", "text")
    say(f"One more run with nothing new: {len(calls)} requests, {writes} writes.", "text")


def _board(policy: Policy, stage: Stage, say: Say) -> None:
    say("", "text")
    say("Open issues by tier at the end of the week:", "text")
    listed = stage.open_issues()
    for tier in policy.desk.tier_names:
        here = [issue for issue in listed if f"tier:{tier}" in issue.labels]
        say(f"{policy.desk.shown_tier(tier):<12} {len(here)}", "table")
        for issue in here:
            others = ", ".join(label for label in issue.labels if label.startswith("flag:"))
            say(f"             webapp#{issue.number}  {issue.title}{f'  ({others})' if others else ''}", "quiet")


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
