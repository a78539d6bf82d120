"""The path of a pair: a twin is made once, both sides stay in step, nothing echoes. Over HTTP, in all four pairings."""

from mirror_world import OWN, MirrorWorld


def handed_over(world: MirrorWorld, title: str = "Export fails", body: str = "It stops at **80 %**.") -> str:
    issue: str = world.desk.report("key-user-1", title, body, ("tier:support",))
    world.desk.comment("key-user-1", issue, "Since Monday.")
    world.later(10)
    world.desk.label("support-1", issue, "tier:development")
    world.desk.unlabel("support-1", issue, "tier:support")
    world.later()
    return issue


def test_an_issue_that_goes_to_development_has_one_twin_there(world: MirrorWorld) -> None:
    world.desk.report("key-user-1", "Not for them", "A question", ("tier:support",))
    handed_over(world)
    world.run_quiet()
    (twin,) = world.dev.issues()
    assert (twin.title, twin.open) == ("Export fails", True)
    assert "It stops at **80 %**." in twin.text
    assert "Mirrored from" in twin.text
    assert "desk" not in twin.text.partition(", reported by")[0]  # the queue's name here says nothing to people there
    assert [(by, "Since Monday." in text) for by, text in twin.comments] == [(OWN, True)]
    assert "key-user-1" in twin.comments[0][1]


def test_what_changes_on_either_side_comes_to_the_other(world: MirrorWorld) -> None:
    issue = handed_over(world)
    world.run_quiet()
    (twin,) = world.dev.issues()
    world.desk.rename("support-1", issue, "Export stops at 80 %")
    world.dev.comment("dev-1", twin.id, "Found it.")
    world.later()
    world.run_quiet()
    (twin,), (source,) = world.dev.issues(), world.desk.issues()
    assert (twin.title, source.title) == ("Export stops at 80 %", "Export stops at 80 %")
    assert [text for by, text in source.comments if by == OWN and "Found it." in text]
    world.dev.rename("dev-1", twin.id, "Export: paging")
    world.dev.close("dev-1", twin.id)
    world.later()
    world.run_quiet()
    (source,) = world.desk.issues()
    assert (source.title, source.open) == ("Export: paging", False)


def test_what_people_write_around_our_part_of_the_text_stays(world: MirrorWorld) -> None:
    issue = handed_over(world)
    world.run_quiet()
    (twin,) = world.dev.issues()
    world.dev.rewrite("dev-1", twin.id, f"{twin.text}\n\nOur own notes.")
    world.later()
    world.run_quiet()
    world.desk.rewrite("key-user-1", issue, "It stops at 70 %.")
    world.later()
    world.run_quiet()
    (twin,) = world.dev.issues()
    assert "70 %" in twin.text
    assert "80 %" not in twin.text
    assert "Our own notes." in twin.text


def test_edited_and_deleted_comments_follow(world: MirrorWorld) -> None:
    issue = handed_over(world)
    said = world.desk.comment("support-1", issue, "The cache is ful.")
    world.run_quiet()
    world.desk.edit_comment("support-1", said, "The cache is full.")
    world.later()
    world.run_quiet()
    (twin,) = world.dev.issues()
    assert sum("The cache is full." in text for _, text in twin.comments) == 1
    assert len(twin.comments) == 2
    world.desk.delete_comment("support-1", said)
    world.later()
    world.run_quiet()
    (twin,) = world.dev.issues()
    assert ["Since Monday." in text for _, text in twin.comments] == [True]


def test_both_changed_it_and_the_source_counts(world: MirrorWorld) -> None:
    issue = handed_over(world)
    world.run_quiet()
    (twin,) = world.dev.issues()
    world.desk.rename("support-1", issue, "Ours")
    world.dev.rename("dev-1", twin.id, "Theirs")
    world.later()
    report = world.run_quiet()
    (twin,), (source,) = world.dev.issues(), world.desk.issues()
    assert (twin.title, source.title) == ("Ours", "Ours")
    said = {step.subject: (step.what, step.reason) for plan in report.plans for step in plan.steps}
    assert said["clash title"] == ("Ours counts, not Theirs", "both sides changed it; the source's counts")


def test_a_plan_shows_the_twin_and_makes_none(world: MirrorWorld) -> None:
    handed_over(world)
    report = world.cycle(write=False)
    assert [step.what for plan in report.plans for step in plan.steps if step.subject == "twin"] == ["+ dev"]
    assert world.dev.issues() == []
    over = world.cycle(max_changes=0)
    assert over.exit_code == 1
    assert world.dev.issues() == []
