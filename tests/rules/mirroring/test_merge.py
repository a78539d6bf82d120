"""The three-way merge: what one side changed is carried over, on both the owner's word counts, and nothing echoes."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tierkeeper.plugins.model.mirror import Clash, Flow
from tierkeeper.rules.mirroring.merge import Merged, Values, merge

FACETS = ("title", "priority", "state")
VALUES = st.fixed_dictionaries({facet: st.sampled_from(["a", "b", "c", None]) for facet in FACETS})
FLOWS = st.tuples(
    *(
        st.builds(Flow, st.just(facet), st.sampled_from(["both", "forward"]), st.sampled_from(["source", "target"]))
        for facet in FACETS
    )
)


def one(base: str | None, ours: str | None, theirs: str | None, flow: Flow) -> Merged:
    return merge({"x": base}, {"x": ours}, {"x": theirs}, [flow])


def after(values: Values, given_: Values) -> dict[str, str | None]:
    return {**values, **given_}


def test_what_one_side_changed_is_carried_over() -> None:
    both = Flow("x")
    assert (one("a", "b", "a", both).to_target, one("a", "a", "b", both).to_source) == ({"x": "b"}, {"x": "b"})
    assert one("a", None, "a", both).to_target == {"x": None}


def test_where_both_changed_it_the_owner_counts_and_the_loss_is_told() -> None:
    for owner, kept, lost, side in (("source", "b", "c", "target"), ("target", "c", "b", "source")):
        merged = one("a", "b", "c", Flow("x", "both", owner))  # type: ignore[arg-type]  # a side
        assert merged.base == {"x": kept}
        assert merged.clashes == [Clash("x", kept, lost, side)]  # type: ignore[arg-type]  # a side


def test_what_flows_forward_never_comes_back_and_stands_until_the_source_changes() -> None:
    forward = Flow("x", "forward")
    stays = one("a", "a", "c", forward)
    assert (stays.to_source, stays.to_target, stays.base) == ({}, {}, {"x": "a"})
    moved = one("a", "b", "c", forward)
    assert (moved.to_target, moved.clashes) == ({"x": "b"}, [Clash("x", "b", "c", "target")])


def test_twins_that_never_agreed_are_shown_and_not_overwritten() -> None:
    merged = merge({}, {"x": "a", "y": "b"}, {"x": "c", "y": "b"}, [Flow("x"), Flow("y")])
    assert (merged.apart, merged.to_source, merged.to_target, merged.base) == ({"x": ("a", "c")}, {}, {}, {"y": "b"})


def test_from_where_they_differ_on_each_change_is_carried_over() -> None:
    apart = {"x": ("a", "c")}

    def later(ours: str | None, theirs: str | None, owner: str = "source") -> Merged:
        flow = Flow("x", "both", owner)  # type: ignore[arg-type]  # a side
        return merge({}, {"x": ours}, {"x": theirs}, [flow], apart)

    assert (later("a", "c").apart, later("a", "c").base) == (apart, {})
    assert (later("b", "c").to_target, later("b", "c").base, later("b", "c").apart) == ({"x": "b"}, {"x": "b"}, {})
    assert (later("a", "b").to_source, later("a", "b").clashes) == ({"x": "b"}, [])
    assert later("d", "e").to_target == {"x": "d"}
    assert later("d", "e", "target").to_source == {"x": "e"}
    assert later("d", "d").base == {"x": "d"}


@given(VALUES, VALUES, VALUES, FLOWS)
@settings(deadline=None)
def test_after_a_merge_there_is_nothing_left_to_carry(
    base: Values, source: Values, target: Values, flows: tuple[Flow, ...]
) -> None:
    merged = merge(base, source, target, flows)
    again = merge(merged.base, after(source, merged.to_source), after(target, merged.to_target), flows)
    assert (again.to_source, again.to_target, again.clashes, again.base) == ({}, {}, [], merged.base)


@given(VALUES, VALUES, VALUES, FLOWS)
@settings(deadline=None)
def test_no_change_is_lost_without_a_word(
    base: Values, source: Values, target: Values, flows: tuple[Flow, ...]
) -> None:
    merged = merge(base, source, target, flows)
    told = {(clash.facet, clash.side) for clash in merged.clashes}
    for side, values, given_ in (("source", source, merged.to_source), ("target", target, merged.to_target)):
        for facet, value in given_.items():
            changed = values[facet] != base[facet]
            assert not changed or (facet, side) in told or value == values[facet]


def test_what_follows_is_always_what_the_source_says() -> None:
    flow = Flow("sla", "follow")
    for base in ({}, {"sla": "ok"}, {"sla": "breached"}):
        merged = merge(base, {"sla": "breached"}, {"sla": "ok"}, [flow])
        assert (merged.to_target, merged.to_source, merged.base) == ({"sla": "breached"}, {}, {"sla": "breached"})
        assert (merged.clashes, merged.apart) == ([], {})
