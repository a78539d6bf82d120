"""Plays the week: each act, then a real `tierkeeper run` with the clock set, then what it did, in words."""

import io
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal, Protocol

import msgspec

from tierkeeper.plugins.errors import TierkeeperError
from tierkeeper.plugins.github.sandbox import GitHubSandbox
from tierkeeper.plugins.host import load_plugins
from tierkeeper.plugins.jira.sandbox import JiraSandbox
from tierkeeper.rules.policy import Policy, load_policy
from tierkeeper.sync.demo.github_stage import GitHubStage
from tierkeeper.sync.demo.jira_stage import JiraStage
from tierkeeper.sync.demo.stage import Stage, desk_text, moment
from tierkeeper.sync.demo.story import DAY, TWIN, WEEK, Act

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


class Play(msgspec.Struct):
    """A play going on: its desk, its stages by queue, who tells it, and what was counted."""

    policy_file: Path
    policy: Policy
    stages: Mapping[str, Stage]
    teller: Teller
    acts: int = 0
    put_back: int = 0
    written: int = 0


def play(folder: Path, teller: Teller, *, port: int = 0, keep: Callable[[Sequence[str]], None] | None = None) -> Play:
    """Play the whole week with its files in `folder`.

    `port` is the GitHub sandbox's; the Jira sandbox takes any that is free. `keep` is called with the sandboxes'
    addresses at the end, while they are still up.
    """
    start = moment("mon 08:00")
    with GitHubSandbox(port=port, now=start) as github, JiraSandbox(now=start) as jira:
        policy_file = folder / "desk.yaml"
        text = desk_text().replace("https://api.github.com", github.url)
        policy_file.write_text(text.replace("https://example.atlassian.net", jira.url), encoding="utf-8")
        policy = load_policy(policy_file.read_text(encoding="utf-8"), file=str(policy_file), host=load_plugins())
        webapp, desk = GitHubStage(github), JiraStage(jira)
        webapp.populate(policy)
        desk.populate(policy)
        playing = Play(policy_file, policy, {"help": desk, "webapp": webapp}, teller)
        with _environment({**webapp.environment(), **desk.environment()}):
            teller.line(f"The desk is {policy_file}; its GitHub is {github.url}, its Jira is {jira.url}.")
            _perform(playing, lambda: (len(github.requests), len(jira.requests)))
        if keep is not None:
            keep((github.url, jira.url))
    return playing


def _perform(playing: Play, sent: Callable[[], tuple[int, int]]) -> None:
    _check(playing)
    _run(playing, moment("mon 08:00"))
    for act in WEEK:
        _play_one(playing, act)
    playing.teller.line("")
    playing.teller.line("The same desk, the same rules, on Jira:")
    for act in (*DAY, *TWIN):
        _play_one(playing, act)
    before = sent()
    again = _run(playing, moment("fri 16:50"))
    github, jira = (now - then for now, then in zip(sent(), before, strict=True))
    playing.teller.line("")
    requests = f"{github} requests to GitHub, {jira} to Jira"
    playing.teller.line(f"One more run with nothing new: {requests}, {again['written']} issues written.")
    _board(playing)
    counts = f"{playing.acts} acts, {playing.put_back} put back, {playing.written} issues written to."
    playing.teller.line(counts)


def _play_one(playing: Play, act: Act) -> None:
    at, teller = moment(act.at), playing.teller
    _set_clocks(playing, at)
    name = playing.stages[act.queue].act(act)
    aside = f"  ({act.aside})" if act.aside else ""
    teller.line(f"{at:%a %H:%M}  {act.who}  {name} {_did(act)}{aside}", "act")
    answer = _run(playing, at + timedelta(seconds=61))
    steps = [step for issue in answer["issues"] for step in issue["steps"]]
    here = [step for issue in answer["issues"] if issue["issue"] == name for step in issue["steps"]]
    playing.acts += 1
    playing.written += answer["written"]
    playing.put_back += sum(bool(step["facet"] == "tier" and step["rule"] and step["evidence"]) for step in steps)
    teller.rows([_row(step) for step in here] or [("", "nothing to do")])
    for issue in answer["issues"]:
        if issue["issue"] != name and issue["steps"]:
            teller.line(f"           meanwhile, {issue['issue']}:", "quiet")
            teller.rows([_row(step) for step in issue["steps"]])
    for problem in answer["problems"]:
        teller.line(f"problem: {problem}")


def _set_clocks(playing: Play, now: datetime) -> None:
    for stage in playing.stages.values():
        stage.set_now(now)


def _row(step: dict[str, Any]) -> tuple[str, str, str, str]:
    rule = f"{step['rule']} {step['mode']}" if step["rule"] else ""
    return (step["subject"], step["what"], rule, step["reason"])


def _did(act: Act) -> str:
    if act.verb == "reports":
        labels = f" [{', '.join(act.labels)}]" if act.labels else ""
        return f"reports: {act.what}{labels}"
    return _VERBS[act.verb].format(what=act.what.replace("\n", " "))


def _check(playing: Play) -> None:
    code, out, err = _command("check", "--live", "--create-labels", "--policy", str(playing.policy_file), "--json")
    if code:
        raise TierkeeperError(f"`tierkeeper check` found the demo's desk wrong:\n{err or out}")
    made = json.loads(out)["created_labels"]
    count = sum(len(labels) for labels in made.values())
    playing.teller.line(f"`tierkeeper check --live --create-labels` made {count} labels.")


def _run(playing: Play, now: datetime) -> dict[str, Any]:
    _set_clocks(playing, now)
    code, out, err = _command("run", "--policy", str(playing.policy_file), "--json", "--now", now.isoformat())
    if code > 1 or not out:
        raise TierkeeperError(f"`tierkeeper run` ended with {code}:\n{err}")
    return dict(json.loads(out))


def _board(playing: Play) -> None:
    teller, desk = playing.teller, playing.policy.desk
    teller.line("")
    teller.line("Open issues by tier at the end of the week:")
    listed = [issue for stage in playing.stages.values() for issue in stage.open_issues()]
    for tier in desk.tier_names:
        here = [issue for issue in listed if f"tier:{tier}" in issue.labels]
        teller.line(f"{desk.shown_tier(tier):<12} {len(here)}", "table")
        for issue in here:
            flags = ", ".join(label for label in issue.labels if label.startswith("flag:"))
            teller.line(f"             {issue.name}  {issue.title}{f'  ({flags})' if flags else ''}", "quiet")


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
