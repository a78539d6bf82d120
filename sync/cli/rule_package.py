"""What `rules new` does: a rule package that works and is tested, to start from."""

import keyword
import re
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path
from string import Template

import msgspec

from tierkeeper.plugins.errors import UsageError
from tierkeeper.plugins.host import load_plugins
from tierkeeper.sync.cli.screen import Screen

GROUP = "handovers"
MOST_LETTERS = 40

_CODE = re.compile(r"[A-Z]{2}\d{2}")


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked for on the command line."""

    name: str
    folder: Path | None = None
    code: str = ""


def make(ask: Ask) -> None:
    """Make the package, and say what comes next."""
    words = _words(ask.name)
    code = _code(ask.code, words, load_plugins().rules)
    module = "_".join(words)
    folder = ask.folder or Path("-".join(words))
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} is there already; name another folder, or an empty one")
    values = {
        "code": code,
        "dashed": "-".join(words),
        "group": GROUP,
        "heading": " ".join(words).capitalize(),
        "module": module,
        "name": "".join(word.capitalize() for word in words),
        "title": " ".join(words),
    }
    try:
        made = _write(folder, module, values)
    except OSError as error:
        raise UsageError(f"{folder} cannot be written: {error.strerror}") from error
    screen = Screen()
    screen.title(code, f"a rule in a package of its own: {folder}")
    screen.rows([(path,) for path in made])
    screen.say(f"next: pip install -e {folder}, then python -m pytest {folder}, then change its cases and its rule")


def _words(name: str) -> list[str]:
    words = re.findall(r"[a-z0-9]+", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).casefold())
    module = "_".join(words)
    if not module.isidentifier() or keyword.iskeyword(module) or len(module) > MOST_LETTERS:
        raise UsageError(f"{name!r} cannot name a package; expected a few words, such as weekend-handover")
    return words


def _code(asked: str, words: list[str], taken: Iterable[str]) -> str:
    """The code asked for; else two letters of the name and the first number that is free."""
    installed = set(taken)
    if asked:
        if not _CODE.fullmatch(asked):
            raise UsageError(f"--code {asked!r} is no code; expected two capitals and two digits, such as WE01")
        if asked in installed:
            raise UsageError(f"there is a rule {asked} already; `tierkeeper rules` lists them")
        return asked
    letters = "".join(re.findall(r"[a-z]", "".join(word[0] for word in words) + words[0][1:] + "xx"))[:2].upper()
    return next(code for number in range(1, 100) if (code := f"{letters}{number:02}") not in installed)


def _write(folder: Path, module: str, values: dict[str, str]) -> list[str]:
    places = {
        "pyproject.toml.txt": "pyproject.toml",
        "README.md.txt": "README.md",
        "init.py.txt": f"src/{module}/__init__.py",
        "plugin.py.txt": f"src/{module}/plugin.py",
        "rule.py.txt": f"src/{module}/rule.py",
        "cases.yml.txt": f"tests/cases/{GROUP}/{module}.yml",
        "test_plugin.py.txt": "tests/test_plugin.py",
    }
    texts = files("tierkeeper.sync.cli").joinpath("new_rule")
    for source, place in places.items():
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        text = Template(texts.joinpath(source).read_text(encoding="utf-8")).substitute(values)
        path.write_text(text, encoding="utf-8")
    return [str(folder / place) for place in places.values()]
