"""The rules of the house, held by a machine. Layers and complexity are held by import-linter and ruff."""

import ast
import inspect
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import typer.main
from house import LAYERS, ROOT, code, functions, imported, name_of, public, texts, tree
from typer.core import TyperGroup

from tierkeeper.plugins import hookspecs
from tierkeeper.plugins.host import load_plugins
from tierkeeper.sync.cli.main import app

FUNCTION_LINES, USUAL_FUNCTION_LINES = 60, 35
FILE_LINES, LONGEST_FILE = 350, 500
PARAMETERS = 6
LONG_FILES: Mapping[str, str] = {}  # path: reason; empty, and meant to stay so

SDKS = {"github": "plugins/github/client.py", "jira": "plugins/jira/client.py"}
OUTSIDE = {"io", "os", "socket", "requests", "sqlalchemy", "subprocess", "threading", "time", "urllib", "asyncio"}
FILE_METHODS = {"read_text", "write_text", "read_bytes", "write_bytes", "mkdir", "unlink", "iterdir", "glob", "rglob"}
CLOCK_METHODS = {"now", "utcnow", "today"}
A_TEST_TOOL = "rules/testing/"

SUPPRESSION = re.compile(r"#\s*(?:(?:ruff: )?noqa\b|type: ignore\b|pragma: no cover|fmt: (?:off|on|skip)).*")
WITH_REASON = re.compile(r"# (?:noqa: [A-Z]+\d+(?:, ?[A-Z]+\d+)*|type: ignore\[[a-z, -]+\])\s+[#-]\s*\S+")
UNDONE = re.compile(r"#.*\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")
MACHINE = re.compile(r"""(?:^|[\s"'`(=:])/(?:work|root|Users|home/(?!me/))/?\b""")
ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
MADE_UP = re.compile(r"(?:[.@]example(?:\.(?:org|com|net))?)$")


def rules_files() -> list[Path]:
    return [path for path in code("rules") if not name_of(path).startswith(A_TEST_TOOL)]


def commands(group: TyperGroup, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every command that does something, as one types it."""
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from commands(command, (*path, name))
        elif not command.hidden:
            yield (*path, name)


def command_functions(group: TyperGroup) -> Iterator[str]:
    """The functions behind the commands: what they take are the options on the command line."""
    for command in (group, *group.commands.values()):
        if command.callback is not None:
            yield command.callback.__name__
        if isinstance(command, TyperGroup) and command is not group:
            yield from command_functions(command)


def command_line() -> TyperGroup:
    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    return group


def hooks() -> list[str]:
    return [name for name in vars(hookspecs) if name.startswith(f"{hookspecs.PROJECT}_")]


# Sizes


@pytest.mark.parametrize("folder", [*LAYERS, "tests"])
def test_functions_are_short(folder: str) -> None:
    found = sorted(functions(folder), key=lambda function: function.lines)
    assert [function.place for function in found if function.lines > FUNCTION_LINES] == []
    usual = found[int(len(found) * 0.95)]
    assert usual.lines <= USUAL_FUNCTION_LINES, usual


def test_files_are_short() -> None:
    lengths = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in code()}
    assert {name: lines for name, lines in lengths.items() if lines > FILE_LINES and name not in LONG_FILES} == {}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE} == {}
    assert dict(LONG_FILES) == {}


def test_functions_take_few_parameters() -> None:
    options = set(command_functions(command_line()))
    many = [one.place for one in functions(*LAYERS) if one.parameters > PARAMETERS]
    assert [place for place in many if not (place.startswith("sync/cli/") and place.split()[-1] in options)] == []


# Layers


def test_rules_import_nothing_that_reads_writes_or_tells_the_time() -> None:
    found = {(name_of(path), module) for path in rules_files() for module in imported(path)}
    assert {(where, module) for where, module in found if module.split(".")[0] in OUTSIDE} == set()


def test_rules_open_no_file_and_read_no_clock() -> None:
    calls = [
        (name_of(path), node.lineno, node.func)
        for path in rules_files()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
    ]
    opened = [call[:2] for call in calls if isinstance(call[2], ast.Name) and call[2].id in {"open", "input", "print"}]
    methods = [(*call[:2], call[2].attr) for call in calls if isinstance(call[2], ast.Attribute)]
    assert opened == []
    assert [method for method in methods if method[2] in FILE_METHODS | CLOCK_METHODS] == []


@pytest.mark.parametrize(("sdk", "home"), SDKS.items())
def test_an_sdk_is_imported_in_one_file(sdk: str, home: str) -> None:
    where = {name_of(path) for path in code(*LAYERS) for module in imported(path) if module.split(".")[0] == sdk}
    assert where == {home}


def test_imports_are_absolute_and_namespaced() -> None:
    found = {(name_of(path), module) for path in code() for module in imported(path)}
    assert {one for one in found if one[1].startswith(".") or one[1].split(".")[0] in LAYERS} == set()


# What is said about what there is


@pytest.mark.parametrize("layer", LAYERS)
def test_every_public_module_class_and_function_has_a_docstring(layer: str) -> None:
    silent = [name_of(path) for path in code(layer) if not ast.get_docstring(tree(path))]
    named = (found for path in code(layer) for found in public(path))
    silent += [place for place, node in named if not ast.get_docstring(node) and not _is_property_setter(node)]
    assert silent == []


def _is_property_setter(node: ast.AST) -> bool:
    decorators = node.decorator_list if isinstance(node, ast.FunctionDef) else []
    return any(isinstance(one, ast.Attribute) and one.attr == "setter" for one in decorators)


@pytest.mark.parametrize("hook", hooks())
def test_every_hook_has_a_test_that_names_it(hook: str) -> None:
    named = [path for path in code("tests") if hook in path.read_text(encoding="utf-8")]
    assert [path for path in named if path.name.startswith("test_")]


@pytest.mark.parametrize("hook", hooks())
def test_every_hook_has_an_example_that_is_python(hook: str) -> None:
    manual = inspect.getdoc(getattr(hookspecs, hook)) or ""
    _, _, example = manual.partition("Example::\n")
    (function,) = ast.parse(inspect.cleandoc(example)).body
    assert isinstance(function, ast.FunctionDef)
    assert function.name == hook
    assert [ast.unparse(decorator) for decorator in function.decorator_list] == ["hookimpl"]


def test_every_rule_option_is_named_in_its_manual() -> None:
    rules = load_plugins().rules
    fields = [(code, *field) for code, rule in rules.items() for field in rule.Options.model_fields.items()]
    options = [(code, field.alias or name) for code, name, field in fields]
    assert [one for one in options if f"`{one[1]}`" not in rules[one[0]].manual()] == []


def test_every_command_is_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `tierkeeper (\w+)[^`]*` \| (.*)$", readme, flags=re.MULTILINE))
    missing = [
        path
        for path in commands(command_line())
        if path[0] not in rows or (path[1:] and not re.search(rf"`(?:{path[0]} )?{path[1]}\b", rows[path[0]]))
    ]
    assert missing == []


# What is left in the text


def test_every_suppression_gives_its_reason_on_the_same_line() -> None:
    found = [
        f"{name}:{number} {line.strip()}"
        for name, text in texts()
        if name.endswith(".py") and name != name_of(Path(__file__))
        for number, line in enumerate(text.splitlines(), 1)
        if (found := SUPPRESSION.search(line)) and not WITH_REASON.match(found.group())
    ]
    assert found == []


def test_every_rule_of_the_linter_that_is_off_says_why() -> None:
    lines = (ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    off = [line for line in lines if re.match(r'  "[A-Z]+[0-9]*",', line)]
    assert off
    assert [line for line in off if not re.search(r",\s+# \S", line)] == []


@pytest.mark.parametrize(
    ("kind", "pattern"), [("undone work", UNDONE), ("a path of some machine", MACHINE)], ids=["undone", "machine"]
)
def test_nothing_is_left_behind(kind: str, pattern: re.Pattern[str]) -> None:
    found = [
        f"{name}:{number} {line.strip()}"
        for name, text in texts()
        if name != name_of(Path(__file__))
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]
    assert found == [], kind


def test_every_mail_address_is_made_up() -> None:
    found = {(name, address) for name, text in texts() for address in ADDRESS.findall(text)}
    assert {one for one in found if not MADE_UP.search(one[1])} == set()
