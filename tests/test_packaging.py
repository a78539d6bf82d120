"""The wheel as a user gets it: built, installed into an environment of its own, with a stranger's plugin beside it."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

pytestmark = pytest.mark.slow


def run(*command: str | Path, cwd: Path) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PYTEST"))}
    arguments = [str(part) for part in command]
    done = subprocess.run(arguments, check=False, cwd=cwd, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, f"{command} ended with {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT, cwd=folder)
    return next(folder.glob("*.whl"))


def test_the_wheel_holds_the_three_layers_their_types_and_the_demos_desk_and_no_tests(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for needed in ("plugins/py.typed", "rules/py.typed", "sync/py.typed", "sync/demo/desk.yaml"):
        assert f"tierkeeper/{needed}" in names
    assert "tierkeeper/__init__.py" not in names
    assert not [name for name in names if name.startswith(("tests", "src", "plugins", "rules", "sync", "examples"))]


def test_the_wheel_works_in_an_environment_of_its_own_together_with_a_strangers_rule(
    wheel: Path, tmp_path: Path
) -> None:
    run(sys.executable, "-m", "venv", "env", cwd=tmp_path)
    python = tmp_path / "env" / "bin" / "python"
    quiet = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-c", ROOT / "constraints.txt")
    run(python, *quiet, f"{wheel}[sandbox]", ROOT / "examples" / "rule-plugin", cwd=tmp_path)
    tierkeeper = tmp_path / "env" / "bin" / "tierkeeper"
    codes = {rule["code"] for rule in json.loads(run(tierkeeper, "rules", "--json", cwd=tmp_path))["rules"]}
    assert {"TR01", "TR02", "WE01"} <= codes
    desk = ROOT / "examples" / "four-level-desk" / "desk.yaml"
    assert "Web application" in run(tierkeeper, "check", "--policy", desk, cwd=tmp_path)
    assert "acts" in run(tierkeeper, "demo", cwd=tmp_path)


def test_a_bare_import_of_a_layer_is_not_possible_from_elsewhere(tmp_path: Path) -> None:
    code = "import importlib.util as u; print([n for n in ('plugins', 'rules', 'sync') if u.find_spec(n)])"
    assert run(sys.executable, "-c", code, cwd=tmp_path).strip() == "[]"


def test_the_demo_and_the_example_are_the_same_desk() -> None:
    example = ROOT / "examples" / "four-level-desk" / "jira-and-github.yaml"
    assert example.read_text() == (ROOT / "sync" / "demo" / "desk.yaml").read_text()


def test_the_source_folder_holds_three_links_and_nothing_else() -> None:
    inside = sorted((ROOT / "src" / "tierkeeper").iterdir())
    assert [(path.name, path.is_symlink()) for path in inside] == [("plugins", True), ("rules", True), ("sync", True)]
