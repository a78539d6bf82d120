"""Random acts of people on a desk with all rules on tiers and priority, on either sandbox."""

from desk_world import REPO, World
from hypothesis import strategies as st
from jira_desk import JiraDesk
from whole_desk import every_rule

FACETS = {
    "kind": ("question", "configuration", "bug", "feature"),
    "severity": ("blocker", "minor"),
    "priority": ("urgent", "high", "low"),
    "component": ("export",),
}
TIERS = ("key-users", "help-desk", "support", "development")
PEOPLE = ("key-user-1", "user-2", "help-desk-1", "support-1", "support-lead", "dev-1", "desk-leader", "release-bot")
LINES = (
    *("It works.", "Tried: a restart", "Finding: the font is missing", "Answer: fixed", "Verified: yes"),
    *("/handover support tried: all", "/handover development finding: a race", "/handover key-users yours"),
    *("/decide support enough", "/decide high it burns", "/appeal nobody can work", "/priority high the closing"),
    *(
        "/estimate 2d",
        "/spent 1h",
        "/severity blocker",
        "/kind feature",
        "/kind question",
        "/take",
        "/why",
        "/handover",
    ),
)
LABEL_FACETS = "".join(
    f"  {name}: {{values: [{', '.join(values)}], {{tracker}}: {{{{label: '{name}:'}}}}}}\n"
    for name, values in FACETS.items()
)

who = st.sampled_from(PEOPLE)
acts = st.lists(
    st.one_of(
        st.tuples(st.just("hands"), who, st.sampled_from(TIERS)),
        st.tuples(st.just("sets"), who, st.sampled_from([f"{name}:{one}" for name in FACETS for one in FACETS[name]])),
        st.tuples(st.just("says"), who, st.lists(st.sampled_from(LINES), min_size=1, max_size=3).map("\n\n".join)),
        st.tuples(st.just("turns"), st.sampled_from(PEOPLE[2:6]), st.just("")),
        st.tuples(st.just("waits"), st.just(""), st.sampled_from(("5", "61", "4000"))),
        st.tuples(st.just("runs"), st.just(""), st.just("")),
    ),
    min_size=3,
    max_size=10,
)


def lay(desk: World) -> None:
    """All of the rules, enforced, with what they need to know."""
    tracker = "jira" if isinstance(desk, JiraDesk) else "github"
    desk.rules = [f"{code}:" for code in every_rule() if code not in {"TR01", "TR02", "TR03", "PO03", "TR13"}]
    desk.rules += ["PO03: {roles: {severity: [support, developers], kind: [help-desk, support, developers]}}"]
    desk.rules += ["TR13: {boxes: {help-desk: 1h, support: 2bd}}"]
    desk.extra = f"facets:\n{LABEL_FACETS.replace('{tracker}', tracker).replace('{{', '{').replace('}}', '}')}"
    desk.extra += "components: {export: {people: [dev-1]}}\n"
    if not isinstance(desk, JiraDesk):
        values = [f"{name}:{one}" for name in FACETS for one in FACETS[name]]
        for label in (*values, *(f"flag:{code}" for code in every_rule())):
            desk.box.store.add_label(REPO, label)


def play(desk: World, number: int, act: tuple[str, str, str]) -> None:
    verb, who, what = act
    if verb == "waits":
        desk.later(float(what))
    elif verb == "runs":
        assert desk.cycle().problems == []
    elif verb == "hands":
        desk.hands(who, number, what)
    elif verb == "says":
        desk.says(who, number, what)
    elif verb == "turns":
        turn = desk.closes if desk.is_open(number) else desk.reopens
        turn(who, number)
    else:
        prefix = what.split(":")[0]
        old = [label for label in desk.labels(number) if label.startswith(f"{prefix}:") and label != what]
        desk.labels_issue(who, number, what)
        for label in old:
            desk.unlabels(who, number, label)
