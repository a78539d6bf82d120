"""Worlds of two ends for the scenarios of mirrors: each of the four pairings, or the one that a test names."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from mirror_world import PAIRINGS, MirrorWorld, mirror_world


@pytest.fixture(params=PAIRINGS)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MirrorWorld]:
    with mirror_world(request.param, tmp_path) as there:
        yield there


@pytest.fixture
def to_github(tmp_path: Path) -> Iterator[MirrorWorld]:
    with mirror_world("jira-github", tmp_path) as there:
        yield there


@pytest.fixture
def to_jira(tmp_path: Path) -> Iterator[MirrorWorld]:
    with mirror_world("github-jira", tmp_path) as there:
        yield there


@pytest.fixture
def between_jiras(tmp_path: Path) -> Iterator[MirrorWorld]:
    with mirror_world("jira-jira", tmp_path) as there:
        yield there
