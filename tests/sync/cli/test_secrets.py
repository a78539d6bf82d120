"""Secrets come from the environment, a file or a keyring, and are in nothing that is written anywhere."""

import base64
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import keyring
import pytest
from command_line import write_policy
from desk_world import OWN, World, world
from jira_desk import JiraDesk, jira_desk
from keyring.backend import KeyringBackend
from keyring.errors import KeyringError
from pages_world import page

from tierkeeper.plugins.sandbox.server import Sandbox
from tierkeeper.sync.cli import logs, vault
from tierkeeper.sync.cli.main import main
from tierkeeper.sync.cycle import Cycle
from tierkeeper.sync.settings import secret

PLANTED = 'ghp_Planted"Secret\\With%Odd+Signs'
MAIL = f"{OWN}@example.org"
Source = Callable[[str, str], None]


class Ring(KeyringBackend):
    """A keyring that lives in memory."""

    priority = 1.0

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password


@pytest.fixture(autouse=True)
def ring(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Ring]:
    """A keyring of the test's own, a folder of its own, and nothing that was given before."""
    monkeypatch.setattr(vault, "_given", set())
    monkeypatch.setattr(logs, "_chosen", None)
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    for name in ("GITHUB_TOKEN", "GITHUB_TOKEN_FILE", "JIRA_TOKEN", "JIRA_TOKEN_FILE", "TIERKEEPER_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    before, made = keyring.get_keyring(), Ring()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


@pytest.fixture(params=["environment", "file", "keyring"])
def give(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, ring: Ring) -> Source:
    """Hand a secret in, each way in turn."""

    def given(name: str, value: str) -> None:
        match request.param:
            case "environment":
                monkeypatch.setenv(name, value)
            case "file":
                (tmp_path / "token").write_text(value + "\n")
                monkeypatch.setenv(f"{name}_FILE", str(tmp_path / "token"))
            case _:
                ring.set_password("tierkeeper", name, value)

    return given


@pytest.fixture
def github(tmp_path: Path) -> Iterator[World]:
    """A desk on GitHub whose token is the planted one."""
    with world(tmp_path / "work") as made:
        made.box.store.add_token(OWN, PLANTED)
        write_policy(tmp_path / "work", made)
        yield made


@pytest.fixture
def jira(tmp_path: Path) -> Iterator[JiraDesk]:
    """The same on Jira."""
    with jira_desk(tmp_path / "work") as made:
        made.box.store.add_token(OWN, PLANTED)
        (tmp_path / "work" / "desk.yaml").write_text(made.policy_text())
        yield made


def forms(value: str) -> list[bytes]:
    """A secret as it may have been written: as it is, in JSON, in an address, in a header."""
    spelt = [value, value.replace("\\", "\\\\").replace('"', '\\"'), quote(value, safe="")]
    coded = [base64.b64encode(text.encode()) for text in (value, f"{MAIL}:{value}", f"x-access-token:{value}")]
    return [*(text.encode() for text in spelt), *(text.rstrip(b"=") for text in coded)]


def look_through(said: str, *values: str) -> None:
    """Nowhere in what was said, nor in any file that was written."""
    places = {"output": said.encode()} | {str(path): path.read_bytes() for path in Path().rglob("*") if path.is_file()}
    assert any(name.endswith((".sqlite", ".sqlite-wal")) for name in places) or values == ()
    for where, content in places.items():
        for value in values:
            assert [form for form in forms(value) if form in content] == [], where


TROUBLES: tuple[dict[str, Any], ...] = (
    {"kind": "rate-limit", "status": 403, "retry_after": 900, "match": "/comment"},
    {"kind": "server-error", "status": 500, "match": "/issue"},
    {"kind": "cut-after-write"},
    {"kind": "rate-limit", "status": 429, "retry_after": 900},
)


def everything(desk: World, capsys: pytest.CaptureFixture[str]) -> str:
    """What all commands say."""
    at = ("--now", desk.box.now.isoformat())
    commands = (
        ("check", "--live"),
        ("plan", *at),
        ("run", *at, "--metrics", "run.prom"),
        ("run", *at, "--json", "--log-format", "json"),
        ("explain", "HELP-1" if isinstance(desk, JiraDesk) else "1", *at),
        ("status", "--json"),
    )
    said = ""
    for command in commands:
        assert main(command) in {0, 1}
        printed = capsys.readouterr()
        said += printed.out + printed.err
    return said


def reported(desk: World) -> None:
    desk.reports("key-user-1", "Export fails", ("instance:berlin-01",))
    desk.later()


def test_a_secret_from_any_source_is_used_on_github_and_written_nowhere(
    github: World, give: Source, capsys: pytest.CaptureFixture[str]
) -> None:
    give("GITHUB_TOKEN", PLANTED)
    reported(github)
    said = everything(github, capsys)
    assert "0 issues written" in said
    assert "problem: " not in said
    look_through(said, PLANTED)


def test_a_secret_from_any_source_is_used_on_jira_and_written_nowhere(
    jira: JiraDesk, give: Source, capsys: pytest.CaptureFixture[str]
) -> None:
    give("JIRA_TOKEN", PLANTED)
    reported(jira)
    look_through(everything(jira, capsys), PLANTED)


@pytest.mark.parametrize("platform", ["github", "jira"])
@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: f"{trouble['kind']}-{trouble.get('status', '')}")
def test_nor_is_it_when_things_go_wrong(
    platform: str, trouble: dict[str, Any], request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, capsys = request.getfixturevalue(platform), request.getfixturevalue("capsys")
    monkeypatch.setenv("GITHUB_TOKEN", PLANTED)
    monkeypatch.setenv("JIRA_TOKEN", PLANTED)
    monkeypatch.setenv("TIERKEEPER_DEBUG", "1")
    monkeypatch.setattr("tierkeeper.plugins.transport.ports.SystemWall.sleep", lambda _wall, _seconds: None)
    reported(desk)
    main(("plan", "--now", desk.box.now.isoformat()))
    desk.box.faults.add(**trouble)
    look_through(everything(desk, capsys), PLANTED)


def quoting(_cycle: Cycle) -> None:
    """What a careless library does: it raises with its request in the message."""
    header = KeyError({"Authorization": f"Bearer {PLANTED}"})
    raise ValueError(f"GET https://x:{PLANTED}@api.example failed") from header


@pytest.mark.parametrize("form", ["text", "json"])
def test_not_even_the_traceback_of_a_defect_that_quotes_it_shows_it(
    github: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", PLANTED)
    monkeypatch.setenv("TIERKEEPER_DEBUG", "1")
    monkeypatch.setattr(Cycle, "run", quoting)
    assert main(("run", "--now", github.box.now.isoformat(), "--log-format", form, "--metrics", "run.prom")) == 1
    printed = capsys.readouterr()
    assert "Traceback" in printed.err
    assert "***" in printed.err
    look_through(printed.out + printed.err, PLANTED)


def test_a_password_in_an_address_is_refused_and_not_repeated(
    github: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", PLANTED)
    password = "hunter2-in-the-address"
    policy = Path("desk.yaml")
    said = ""
    main(("run",))
    for host in (github.box.url.removeprefix("http://"), "api.example.org"):
        policy.write_text(github.policy_text().replace(github.box.url, f"https://user:{password}@{host}"))
        for command in (("check",), ("check", "--live"), ("plan",), ("run", "--now", "2026-11-23T09:00:00Z"), ("run",)):
            main(command)
            printed = capsys.readouterr()
            said += printed.out + printed.err
    policy.unlink()
    look_through(said, PLANTED, password)


def test_the_environment_goes_before_the_file_and_the_file_before_the_keyring(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, ring: Ring
) -> None:
    assert secret("GITHUB_TOKEN") is None
    ring.set_password("tierkeeper", "GITHUB_TOKEN", "from the keyring")
    assert secret("GITHUB_TOKEN") == "from the keyring"
    (tmp_path / "token").write_text("from the file\n")
    monkeypatch.setenv("GITHUB_TOKEN_FILE", str(tmp_path / "token"))
    assert secret("GITHUB_TOKEN") == "from the file"
    monkeypatch.setenv("GITHUB_TOKEN", "from the environment")
    assert secret("GITHUB_TOKEN") == "from the environment"


def test_a_keyring_that_is_locked_or_not_installed_is_as_if_it_held_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(_service: str, _name: str) -> str:
        raise KeyringError("locked")

    monkeypatch.setattr(keyring, "get_password", locked)
    assert secret("GITHUB_TOKEN") is None
    monkeypatch.setitem(__import__("sys").modules, "keyring", None)
    assert secret("GITHUB_TOKEN") is None


def crawled(box: Sandbox) -> dict[str, str]:
    """Every page of a sandbox that links lead to."""
    seen: dict[str, str] = {}
    ahead = ["/"]
    while ahead and len(seen) < 60:
        path = ahead.pop()
        if path not in seen:
            seen[path] = page(box, path)
            links = re.findall(r'href="(/[^"#]*)"', seen[path])
            ahead += [link for link in links if "." not in link.rpartition("/")[2]]
    return seen


@pytest.mark.parametrize("platform", ["github", "jira"])
def test_no_page_of_a_sandbox_shows_a_token(platform: str, request: pytest.FixtureRequest) -> None:
    desk = request.getfixturevalue(platform)
    desk.reports("key-user-1", "Export fails", ("instance:berlin-01",))
    found = crawled(desk.box)
    assert len(found) > 1
    for path, text in found.items():
        assert not re.search(r"\bt-(tierkeeper|key-user-1|support-1)\b", text), path
        assert not any(form.decode() in text for form in forms(PLANTED)), path
