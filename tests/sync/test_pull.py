"""What a tracker yields in small batches is stored in larger ones; nothing is lost and nothing changes places."""

from collections.abc import Iterator

import pytest
from ledger_samples import a_batch, a_comment, an_event, an_issue, ref

from tierkeeper.plugins.errors import Unreachable
from tierkeeper.plugins.tracker import Batch
from tierkeeper.sync.pull import ENOUGH, gathered


def test_small_batches_come_as_one_with_the_last_cursor() -> None:
    small = [a_batch(an_issue(1), cursor="1"), a_batch(an_event("7"), cursor="2"), a_batch(a_comment("8"), cursor="3")]
    assert list(gathered(small)) == [a_batch(an_issue(1), an_event("7"), a_comment("8"), cursor="3")]


def test_a_batch_is_given_as_soon_as_it_holds_enough() -> None:
    pages = [a_batch(*(an_event(f"{page}-{row}") for row in range(100)), cursor=str(page)) for page in range(25)]
    given = list(gathered(pages))
    assert [len(batch.events) for batch in given] == [ENOUGH, ENOUGH, 500]
    assert [batch.cursor for batch in given] == ["9", "19", "24"]


def test_what_came_before_an_error_is_given_before_it_is_raised() -> None:
    def broken() -> Iterator[Batch]:
        yield a_batch(an_issue(1), cursor="1")
        raise Unreachable("the line is dead")

    given = gathered(broken())
    assert next(given) == a_batch(an_issue(1), cursor="1")
    with pytest.raises(Unreachable):
        next(given)


def test_what_is_gone_in_one_batch_may_be_back_in_the_next() -> None:
    gone = Batch(cursor="1", gone=(ref(1),))
    assert list(gathered([gone, a_batch(an_issue(1), cursor="2")])) == [gone, a_batch(an_issue(1), cursor="2")]


def test_nothing_new_gives_no_batch() -> None:
    assert list(gathered([])) == []
