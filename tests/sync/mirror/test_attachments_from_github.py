"""Files that texts on GitHub lead to: copied to Jira where GitHub gives them, left as links elsewhere. Over HTTP."""

from pathlib import Path

from mirror_ends import files_in
from mirror_world import OWN, MirrorWorld, mirror_world

SHOT = b"\x89PNG" + bytes(range(256)) * 300


def report(world: MirrorWorld, body: str) -> str:
    return str(world.desk.report("key-user-1", "Export fails", body, ("tier:development",)))


def test_files_in_texts_on_github_are_copied(to_jira: MirrorWorld) -> None:
    store, site = to_jira.github.store, to_jira.github.url
    first, second = store.add_file("example/help", SHOT), store.add_file("example/help", b"log", "text/plain")
    issue = report(to_jira, f"See ![shot]({site}{first})")
    to_jira.desk.comment("key-user-1", issue, f"And [log]({site}{second}), again {site}{first}")
    to_jira.run_quiet()
    assert files_in(to_jira.dev) == [(OWN, "shot.png", SHOT), (OWN, "log.txt", b"log")]
    to_jira.desk.rewrite("key-user-1", issue, "No picture any more.")
    to_jira.later()
    to_jira.run_quiet()
    assert {name for _, name, _ in files_in(to_jira.dev)} == {"shot.png", "log.txt"}


def test_a_file_that_github_keeps_for_browsers_stays_a_link(to_jira: MirrorWorld) -> None:
    path = to_jira.github.store.add_file("example/help", SHOT, given="browsers")
    report(to_jira, f"See [shot]({to_jira.github.url}{path})")
    to_jira.run_quiet()
    assert files_in(to_jira.dev) == []
    (twin,) = to_jira.dev.issues()
    assert "Not copied:" in twin.text
    assert "GitHub does not give it to our account" in twin.text
    assert path in twin.text


def test_a_file_that_cannot_be_read_now_holds_up_no_words_and_no_other_file(to_jira: MirrorWorld) -> None:
    store, site = to_jira.github.store, to_jira.github.url
    first, second = store.add_file("example/help", SHOT), store.add_file("example/help", b"log", "text/plain")
    issue = report(to_jira, f"See ![shot]({site}{first}) and [log]({site}{second})")
    to_jira.github.faults.add("server-error", match=f"GET {first}")
    (problem,) = to_jira.cycle().problems
    assert "the file is tried again later" in problem
    assert problem.count("http://") == 1
    to_jira.desk.rename("support-1", issue, "Export stops")
    to_jira.later(600)
    to_jira.cycle()
    (twin,) = to_jira.dev.issues()
    assert (twin.title, files_in(to_jira.dev)) == ("Export stops", [(OWN, "log.txt", b"log")])
    to_jira.github.faults.clear()
    to_jira.later(6000)
    to_jira.run_quiet()
    assert {name for _, name, _ in files_in(to_jira.dev)} == {"shot.png", "log.txt"}


def test_between_repositories_files_stay_the_links_that_they_are(tmp_path: Path) -> None:
    with mirror_world("github-github", tmp_path) as world:
        path = world.github.store.add_file("example/help", SHOT)
        report(world, f"See ![shot]({world.github.url}{path})")
        world.run_quiet()
        (twin,) = world.dev.issues()
        assert f"![shot]({world.github.url}{path})" in twin.text
        assert "original" not in twin.text
