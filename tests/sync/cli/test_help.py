import subprocess
import sys

import pytest
from command_line import Call

COMMANDS = [
    [],
    ["check"],
    ["plan"],
    ["run"],
    ["explain"],
    ["status"],
    ["rules"],
    ["rules", "explain"],
    ["ledger"],
    ["ledger", "show"],
    ["ledger", "migrate"],
    ["ledger", "rebuild"],
    ["mirror"],
    ["mirror", "list"],
    ["mirror", "retry"],
    ["mirror", "drop"],
    ["sandbox"],
    ["sandbox", "serve"],
    ["sandbox", "load"],
]
HEAVY = [
    "tierkeeper.plugins",
    "tierkeeper.sync.settings",
    "tierkeeper.sync.ledger",
    "msgspec",
    "pydantic_settings",
    "sqlalchemy",
    "github",
    "jira",
    "requests",
    "starlette",
    "uvicorn",
    "ruamel",
    "pluggy",
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_help_imports_neither_sdks_nor_models_nor_the_ledger(command: list[str]) -> None:
    # typer itself imports pydantic for a command that has options
    heavy = HEAVY if command else [*HEAVY, "pydantic"]
    code = (
        "import sys\n"
        "from tierkeeper.sync.cli.main import main\n"
        f"code = main({[*command, '--help']!r})\n"
        f"heavy = [name for name in {heavy!r} if name in sys.modules]\n"
        "sys.exit(f'{code} {heavy}' if code or heavy else 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "Usage:" in done.stdout


def test_a_help_says_what_counts_where_nothing_is_given(cli: Call) -> None:
    said = " ".join(cli("mirror", "retry", "--help").out.replace("│", " ").split())
    assert "[default: all that were put aside]" in said
    assert "[default: FILE.sqlite beside the policy FILE.yaml]" in said


def test_the_module_runs_as_the_script_does() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tierkeeper.sync.cli.main", "--version"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.split()[0]) == (0, "tierkeeper")
