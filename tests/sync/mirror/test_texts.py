"""Texts of twins over HTTP: how they read, what they lost, where they were cut, and what people wrote beside them."""

from pathlib import Path
from typing import Any

import pytest
from mirror_world import OWN, MirrorWorld, mirror_world

TEXT = """## Steps

1. Open the *report*
2. Export it as `csv`

| step | works |
|---|---|
| 1 | **yes** |

```python
print("@anna")
```"""


def handed_over(world: MirrorWorld, body: str) -> str:
    issue = str(world.desk.report("key-user-1", "Export fails", body, ("tier:support",)))
    world.later(10)
    world.desk.label("support-1", issue, "tier:development")
    world.desk.unlabel("support-1", issue, "tier:support")
    world.later()
    return issue


def test_what_both_formats_have_arrives_as_it_was(world: MirrorWorld) -> None:
    handed_over(world, TEXT)
    world.run_quiet()
    (twin,) = world.dev.issues()
    for part in ("## Steps", "1. Open the *report*\n2. Export it as `csv`", "| 1 | **yes** |", 'print("@anna")'):
        assert part in twin.text.replace("_report_", "*report*")
    assert "Not here as it was" not in twin.text


@pytest.mark.parametrize("pairing", ["github-jira", "github-github"])
def test_a_repositorys_references_lead_into_it(pairing: str, tmp_path: Path) -> None:
    with mirror_world(pairing, tmp_path) as world:
        issue = handed_over(world, "As in #1 and example/other#2.")
        world.desk.comment("support-1", issue, "Same as #1")
        world.run_quiet()
        (twin,) = world.dev.issues()
        for text in (twin.text, *(text for _, text in twin.comments if "Same as" in text)):
            assert "/example/help/issues/1)" in text
        assert "/example/other/issues/2)" in twin.text


@pytest.mark.parametrize("pairing", ["jira-github", "jira-jira"])
def test_a_projects_keys_lead_into_it(pairing: str, tmp_path: Path) -> None:
    with mirror_world(pairing, tmp_path) as world:
        handed_over(world, "As in HELP-1, in UTF-8, not #12.")
        world.run_quiet()
        (twin,) = world.dev.issues()
        assert f"[HELP-1]({world.jira.url}/browse/HELP-1)" in twin.text
        assert "[UTF-8]" not in twin.text
        assert "issues/12" not in twin.text


def test_what_the_other_side_cannot_hold_is_told_with_a_link_to_the_original(tmp_path: Path) -> None:
    with mirror_world("github-jira", tmp_path) as world:
        issue = handed_over(world, "| a |\n|--:|\n| b |")
        world.desk.comment("support-1", issue, "[x](https://example.org 'title')")
        world.run_quiet()
        (twin,) = world.dev.issues()
        assert "Not here as it was: table alignment." in twin.text
        assert "issues/1)" in twin.text.split("Not here as it was")[1]
        (said,) = [text for _, text in twin.comments if "https://example.org" in text]
        assert "Not here as it was: link title." in said


def test_a_text_that_is_too_long_is_cut_and_its_comments_too(world: MirrorWorld) -> None:
    most = 32_767 if world.pairing.startswith("jira") else 65_536
    long = ("It fails again and again. " * 12_000)[: most - 1]
    issue = handed_over(world, long)
    world.desk.comment("support-1", issue, long)
    world.run_quiet()
    (twin,) = world.dev.issues()
    kept = [twin.text, *(text for by, text in twin.comments if by == OWN and "again and again" in text)]
    assert len(kept) == 2
    assert all("The whole text" in text for text in kept) is (
        world.pairing in {"github-jira", "jira-jira", "github-github"}
    )
    assert all(len(text) <= 65_536 for text in kept)


def test_what_people_wrote_around_our_part_keeps_what_markdown_cannot_say(tmp_path: Path) -> None:
    with mirror_world("jira-jira", tmp_path) as world:
        issue = handed_over(world, "It stops.")
        world.run_quiet()
        store = world.jira.store
        (twin,) = world.dev.issues()
        document: dict[str, Any] = dict(world.dev.get(f"/issue/{twin.id}?fields=description")["fields"]["description"])
        call = {"type": "mention", "attrs": {"id": "acc-dev-2", "text": "@dev-2"}}
        status = {"type": "status", "attrs": {"text": "CHECKED", "color": "green", "localId": "x"}}
        notes = {"type": "paragraph", "content": [call, {"type": "text", "text": " "}, status]}
        document["content"] = [*document["content"], notes]
        store.set_field(twin.id, "acc-dev-1", "description", document)
        world.later()
        world.run_quiet()
        world.desk.rewrite("key-user-1", issue, "It stops at 70 %.")
        world.later()
        world.run_quiet()
        after = world.dev.get(f"/issue/{twin.id}?fields=description")["fields"]["description"]
        assert after["content"][-1] == notes
        assert "70 %" in str(after)
