"""What the house consists of, for the tests that hold its rules: files, syntax trees, functions, public names."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
LAYERS = ("plugins", "rules", "sync")
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


class Function(NamedTuple):
    """One function: where it stands, how long it is without its docstring, how many parameters it takes."""

    place: str
    lines: int
    parameters: int


@cache
def files() -> tuple[Path, ...]:
    """Every file that is kept, and what is new and not ignored."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    return tuple(path for name in sorted(set(names)) if name and (path := ROOT / name).is_file())


def texts() -> Iterator[tuple[str, str]]:
    """Every text file of the repository with its path; pictures are not read."""
    for path in files():
        if path.suffix not in {".png", ".svg"} and not path.is_symlink():
            yield name_of(path), path.read_text(encoding="utf-8")


def code(*folders: str) -> list[Path]:
    """The Python files below some folders; of the whole repository without any."""
    found = [path for path in files() if path.suffix == ".py"]
    return [path for path in found if not folders or path.relative_to(ROOT).parts[0] in folders]


def name_of(path: Path) -> str:
    """A file's path in the repository."""
    return path.relative_to(ROOT).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    """A file's syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(path: Path) -> Iterator[str]:
    """The modules that a file imports, wherever in it; a relative one begins with a dot."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")


def functions(*folders: str) -> Iterator[Function]:
    """Every function below some folders, those in classes and in functions too."""
    for path in code(*folders):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield _function(path, node)


def _function(path: Path, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Function:
    first = node.body[0]
    documented = ast.get_docstring(node) is not None
    doc = (first.end_lineno or first.lineno) - first.lineno + 1 if documented else 0
    taken = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
    parameters = [one for one in taken if one.arg not in {"self", "cls"}]
    lines = (node.end_lineno or node.lineno) - node.lineno + 1 - doc
    return Function(f"{name_of(path)}:{node.lineno} {node.name}", lines, len(parameters))


def public(path: Path) -> Iterator[tuple[str, Definition]]:
    """The public classes, functions and methods of a file; what is inside a function is nobody's business."""
    yield from _public(tree(path), name_of(path))


def _public(parent: ast.Module | ast.ClassDef, place: str) -> Iterator[tuple[str, Definition]]:
    for node in parent.body:
        if isinstance(node, Definition) and not node.name.startswith("_"):
            here = f"{place}:{node.lineno} {node.name}"
            yield here, node
            if isinstance(node, ast.ClassDef):
                yield from _public(node, place)
