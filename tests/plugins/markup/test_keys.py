from hypothesis import given, settings
from hypothesis import strategies as st

from tierkeeper.plugins.jira.texts import comment_body
from tierkeeper.plugins.markup.keys import key_line, keys_in, without_keys


@given(st.text(min_size=1, max_size=60).filter(lambda key: key.isprintable()))
@settings(deadline=None)
def test_a_key_is_read_back_as_it_was_written(key: str) -> None:
    assert keys_in(f"Some text.\n\n{key_line(key)}\n") == {key}
    assert without_keys(f"Some text.\n\n{key_line(key)}") == "Some text."


def test_a_key_inside_a_line_is_text() -> None:
    said = f"See {key_line('a:b')} there"
    assert keys_in(said) == frozenset()
    assert without_keys(said) == said


def test_jira_is_not_sent_what_it_would_show() -> None:
    body = comment_body(f"**With support**\n\n{key_line('a:b')}", "status", internal=True)
    assert "tierkeeper-twin" not in str(body["body"])
