"""Writes the pages that are read off the code: `make docs`. `--check` writes nothing and names those that are old."""

import inspect
import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from importlib.metadata import entry_points
from pathlib import Path

from markup_page import markup_page
from policy_page import option_text, policy_page
from pydantic import BaseModel

from tierkeeper.plugins import hookspecs
from tierkeeper.plugins.host import Host, load_plugins
from tierkeeper.plugins.rule import Rule
from tierkeeper.rules.policy.schema import json_schema

DOCS = Path(__file__).parent
MARK = "<!-- Written by `make docs`. What it says stands in the code: change it there. -->\n\n"
WIDTH = "100"
OPTIONS = re.compile(r"\*\*Options\.\*\*\s*(.+?)(?=\n\s*\n|\Z)", re.DOTALL)

HELP = """\
import json, sys
import typer.main
from contextlib import redirect_stdout
from io import StringIO
from tierkeeper.sync.cli.main import app, main
pages = {}
def walk(command, path):
    with redirect_stdout(StringIO()) as said:
        main([*path, "--help"])
    pages[" ".join(["tierkeeper", *path])] = said.getvalue()
    for name, inner in getattr(command, "commands", {}).items():
        if not inner.hidden:
            walk(inner, [*path, name])
walk(typer.main.get_command(app), [])
json.dump(pages, sys.stdout)
"""


def pages() -> dict[str, str]:
    """Every generated page, by its path below docs/."""
    host = _bundled()
    made = {f"rules/{code}.md": _rule(rule) for code, rule in sorted(host.rules.items())}
    made["rules/README.md"] = _rules(host)
    made["hooks.md"] = _hooks()
    made["policy.md"] = policy_page(json_schema(host))
    made["commands.md"] = _commands()
    made["markup.md"] = markup_page()
    return {path: MARK + text for path, text in made.items()}


def _bundled() -> Host:
    """Our own plugins alone, whatever else is installed."""
    return load_plugins([one for one in entry_points(group=hookspecs.PROJECT) if one.value.startswith("tierkeeper.")])


def _rule(rule: type[Rule]) -> str:
    name = rule.__module__.rsplit(".", 1)[1]
    manual = rule.manual().split("\n", 1)[1].strip()
    code, cases = f"rules/bundled/{rule.group}/{name}.py", f"tests/rules/cases/{rule.group}/{name}.yml"
    parts = [
        f"# {rule.code} {rule.__name__}",
        f"> {rule.message()}",
        OPTIONS.sub(lambda found: _options(rule, found.group(1)), manual),
        f"Guards: {_guarded(rule)}. Sets: {_names(rule.wants)}.",
        f"Code: [`{code}`](../../{code}); cases: [`{cases}`](../../{cases}).",
    ]
    return "\n\n".join(parts) + "\n"


def _options(rule: type[Rule], said: str) -> str:
    """A table of a rule's options, as they stand under its code in the policy; the manual's words where it has none."""
    properties = rule.Options.model_json_schema().get("properties", {})
    if not properties:
        return f"**Options.** {said}"
    rows = [
        f"| `{name}` | {_default(rule, name, option)} | {option_text(name, ' '.join(said.split()))} |"
        for name, option in properties.items()
    ]
    return "\n".join(["**Options.**\n", "| option | left out | what it means |", "|---|---|---|", *rows])


def _default(rule: type[Rule], name: str, option: Mapping[str, object]) -> str:
    """What an option is when it is left out; what the schema cannot show, the manual says."""
    if "default" in option:
        return f"`{json.dumps(option['default']).strip(chr(34))}`"
    text = _plain(getattr(rule.Options(), name))
    return f"`{text}`" if text else "see right"


def _plain(value: object) -> str:
    """A value as the policy writes it; empty for what is too long for a table."""
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{key}: {_plain(one)}' for key, one in value.items())}}}"
    if isinstance(value, list | tuple | set | frozenset):
        parts = [_plain(one) for one in value]
        return f"[{', '.join(parts)}]" if all(parts) else ""
    return "" if isinstance(value, BaseModel) else str(value)


def _guarded(rule: type[Rule]) -> str:
    return "what its options name" if "__init__" in vars(rule) else _names(rule.guards)


def _names(facets: frozenset[str]) -> str:
    return ", ".join(f"`{facet}`" for facet in sorted(facets)) or "nothing"


def _rules(host: Host) -> str:
    rows = [
        f"| [{code}]({code}.md) | `{rule.group}` | {rule.__name__} | {rule.message()} |"
        for code, rule in sorted(host.rules.items())
    ]
    head = (
        "# Bundled rules\n\nA rule is off until the policy names its code under `rules:`; their order is precedence.\n"
    )
    return "\n".join([head, "| rule | group | finds | says |", "|---|---|---|---|", *rows, ""])


def _hooks() -> str:
    about = inspect.getdoc(hookspecs) or ""
    parts = ["# Hooks\n", f"{_marked(about)}\n"]
    for name, hook in vars(hookspecs).items():
        if not name.startswith(f"{hookspecs.PROJECT}_"):
            continue
        text, _, example = (inspect.getdoc(hook) or "").partition("Example::\n")
        returns = inspect.signature(hook)
        parts += [
            f"## `{name}`\n",
            f"```python\ndef {name}{_short(str(returns))}\n```\n",
            f"{_marked(text.strip())}\n",
            f"```python\n{inspect.cleandoc(example)}\n```\n",
        ]
    return "\n".join(parts)


def _marked(text: str) -> str:
    return text.replace("``", "`")


def _short(signature: str) -> str:
    """A signature with class names instead of paths."""
    return re.sub(r"\b(?:[a-z_]+\.)+(?=[A-Z])", "", signature)


def _commands() -> str:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TIERKEEPER_", "GITHUB_"))}
    quiet = {**kept, "COLUMNS": WIDTH, "TERMINAL_WIDTH": WIDTH, "NO_COLOR": "1", "TERM": "dumb"}
    done = subprocess.run([sys.executable, "-c", HELP], check=True, capture_output=True, text=True, env=quiet)  # noqa: S603  # ours
    found: Mapping[str, str] = json.loads(done.stdout)
    shown = [f"## `{name}`\n\n```text\n{_trimmed(text)}\n```\n" for name, text in found.items()]
    return "\n".join(["# Commands\n\nWhat each says with `--help`.\n", *shown])


def _trimmed(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.splitlines()).strip("\n")


def main(arguments: list[str]) -> int:
    """Write the pages, or with `--check` compare them; the exit code."""
    made = pages()
    there = {path.relative_to(DOCS).as_posix() for path in DOCS.glob("rules/*.md")}
    strays = sorted(there - set(made))
    old = [path for path, text in made.items() if not (DOCS / path).exists() or (DOCS / path).read_text() != text]
    if "--check" in arguments:
        sys.stdout.write("".join(f"docs/{path} is old: make docs\n" for path in [*old, *strays]))
        return int(bool(old or strays))
    for path in old:
        (DOCS / path).parent.mkdir(exist_ok=True)
        (DOCS / path).write_text(made[path], encoding="utf-8")
    for path in strays:
        (DOCS / path).unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
