from datetime import timedelta
from pathlib import Path

from ledger_samples import NOW, minutes

from tierkeeper.plugins.transport.ports import EtagKey, Etags, Kept, Validator
from tierkeeper.sync.ledger import Ledger

KEY = EtagKey("hash", "https://api.github.com/x?since=1", "json")
PAGE = Validator('W/"1"', last_page=True, newest="7")


def test_the_ledger_fills_the_ports(ledger: Ledger) -> None:
    etags: Etags = ledger.etags
    kept: Kept = ledger.kept
    assert etags.get(KEY) is None
    assert kept.get("me", NOW) is None


def test_a_validator_counts_only_once_what_was_read_with_it_is_stored(ledger: Ledger) -> None:
    ledger.etags.put(KEY, PAGE)
    assert ledger.etags.get(KEY) is None
    ledger.etags.settle(NOW)
    assert ledger.etags.get(KEY) == PAGE


def test_a_validator_of_a_reading_that_broke_off_is_dropped(ledger: Ledger) -> None:
    ledger.etags.put(KEY, PAGE)
    ledger.etags.forget()
    ledger.etags.settle(NOW)
    assert ledger.etags.get(KEY) is None


def test_another_token_has_another_validator(ledger: Ledger) -> None:
    ledger.etags.put(KEY, PAGE)
    ledger.etags.settle(NOW)
    assert ledger.etags.get(EtagKey("other", KEY.url, KEY.accept)) is None


def test_a_validator_unused_for_a_week_goes_and_one_in_use_stays(ledger: Ledger) -> None:
    unused = EtagKey("hash", "https://api.github.com/y", "json")
    ledger.etags.put(KEY, PAGE)
    ledger.etags.put(unused, PAGE)
    ledger.etags.settle(NOW)
    ledger.etags.get(KEY)
    ledger.etags.settle(NOW + timedelta(days=7))
    assert ledger.etags.get(unused) == PAGE
    ledger.etags.forget()
    ledger.etags.get(KEY)
    ledger.etags.settle(NOW + timedelta(days=8))
    assert ledger.etags.get(unused) is None
    assert ledger.etags.get(KEY) == PAGE


def test_a_look_up_holds_until_its_time_is_over(ledger: Ledger) -> None:
    ledger.kept.put("me", "bot", until=NOW + minutes(5))
    assert ledger.kept.get("me", NOW + minutes(4)) == "bot"
    assert ledger.kept.get("me", NOW + minutes(5)) is None
    ledger.kept.put("me", "other", until=NOW + minutes(9))
    assert ledger.kept.get("me", NOW + minutes(5)) == "other"


def test_a_budget_s_state_outlives_the_process(place: Path) -> None:
    with Ledger.open(place, desk="web") as ledger:
        assert ledger.budgets.load("hash") == ""
        ledger.budgets.save("hash", '{"left": 1}')
        ledger.budgets.save("hash", '{"left": 2}')
    with Ledger.open(place, desk="web") as ledger:
        assert ledger.budgets.load("hash") == '{"left": 2}'
