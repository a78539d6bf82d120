from collections.abc import Iterator
from pathlib import Path

import pytest

from tierkeeper.sync.ledger import Ledger


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "ledger.sqlite"


@pytest.fixture
def ledger(place: Path) -> Iterator[Ledger]:
    with Ledger.open(place, desk="web") as opened:
        yield opened
