"""Components: who built what, from a role, from people, or from a CODEOWNERS file read as GitHub reads it."""

import pytest

from tierkeeper.plugins.errors import PolicyError
from tierkeeper.plugins.host import load_plugins
from tierkeeper.plugins.model.component import Component
from tierkeeper.rules.policy import Policy, load_policy
from tierkeeper.rules.policy.codeowners import owners_of, read_codeowners

DESK = """\
desk: Web application
trackers: {github: {plugin: github, url: "https://api.github.com"}}
queues: {webapp: {tracker: github, repository: example/webapp}}
people: {anna: {github: anna-b, mail: anna@example.org}}
roles:
  developers: {github: {team: example/everybody}, people: [anna]}
  exporters: {github: {team: example/Exporters}}
tiers: [{name: support, role: developers}, {name: development, role: developers}]
"""
OWNERS = """\
# who built what
*                @anna-b
/src/export/     @example/exporters   # and nobody else
*.md             docs@example.org ANNA@example.org
/src/export/old/
"""


def load(more: str, owners: str = OWNERS) -> Policy:
    def beside(name: str) -> str:
        if name != "CODEOWNERS":
            raise ValueError(f"{name} cannot be read")
        return owners

    return load_policy(DESK + more, file="desk.yaml", host=load_plugins(), beside=beside)


def wrong(more: str) -> str:
    with pytest.raises(PolicyError) as refused:
        load(more)
    return str(refused.value)


def test_a_component_is_built_by_a_role_by_people_or_by_whom_codeowners_names() -> None:
    policy = load(
        "codeowners: CODEOWNERS\n"
        "components:\n"
        "  mail: {role: developers}\n"
        "  shop: {people: [anna-b, carl]}\n"
        "  export: {paths: [src/export/, src/app.py, README.md]}\n"
    )
    assert dict(policy.desk.components) == {
        "mail": Component("mail", roles=("developers",)),
        "shop": Component("shop", people=("anna", "carl")),
        "export": Component("export", roles=("exporters",), people=("anna", "docs@example.org")),
    }


def test_another_codeowners_file_makes_another_fingerprint() -> None:
    more = "codeowners: CODEOWNERS\ncomponents: {export: {paths: [src/export/]}}\n"
    assert load(more).fingerprint == load(more, OWNERS + "# a remark\n").fingerprint
    assert load(more).fingerprint != load(more, "* @carl\n").fingerprint


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("components: {mail: {}}", "desk.yaml:9:14  components.mail: expected one of role, people and paths, got none"),
        ("components: {mail: {role: developers, people: [anna]}}", "got role and people"),
        ("components: {mail: {role: develpers}}", 'unknown role "develpers"'),
        ("components: {mail: {paths: [src]}}", "no file says who owns paths"),
        ("codeowners: OWNERS\ncomponents: {mail: {paths: [src]}}", "desk.yaml:9:13  codeowners: OWNERS cannot be read"),
        ("codeowners: CODEOWNERS\ncomponents: {x: {paths: [src/export/old/a]}}", "CODEOWNERS names no owner of"),
        ("components: {mail: {role: developers, team: x}}", "components.mail.team: unknown key"),
        ("rules: {TR09: {}}", "rules.TR09: the policy says of no component who built it"),
        ("components: {a: {people: [b]}}\nrules: {TR09: {most: 0}}", "rules.TR09.most: expected 1 or more, got 0"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(more: str, said: str) -> None:
    assert said in wrong(more + "\n")


def test_a_team_that_is_no_role_is_named() -> None:
    with pytest.raises(PolicyError, match="it belongs to @example/shop, and no role is that team"):
        load("codeowners: CODEOWNERS\ncomponents: {shop: {paths: [shop/]}}\n", "shop/ @example/shop\n")


# The examples of GitHub's manual, and what a pattern of .gitignore would do otherwise
@pytest.mark.parametrize(
    ("pattern", "fits", "does_not"),
    [
        ("*", ["a", "a/b/c.py"], []),
        ("*.js", ["a.js", "deep/er/a.js"], ["a.jsx", "js"]),
        ("/build/logs/", ["build/logs/a", "build/logs/b/c"], ["x/build/logs/a", "build/logs"]),
        ("docs/*", ["docs/a.md"], ["docs/app/a.md", "x/docs/a.md"]),
        ("apps/", ["apps/a", "x/apps/b/c"], ["apps"]),
        ("/docs/", ["docs/a", "docs/b/c"], ["x/docs/a"]),
        ("/apps/github", ["apps/github", "apps/github/a/b"], ["apps/githubs", "x/apps/github"]),
        ("**/logs", ["logs/a", "build/logs/a", "deeply/nested/logs"], ["logs2/a"]),
        ("/a/**/z.py", ["a/z.py", "a/b/c/z.py"], ["z.py", "b/a/z.py"]),
        ("src/**", ["src/a", "src/b/c"], ["x/src/a"]),
        ("a?c.py", ["abc.py", "x/abc.py"], ["ac.py", "a/c.py"]),
        (r"with\ space/", ["with space/a"], ["with/space/a"]),
        ("a.b", ["a.b"], ["aXb"]),
        ("/SRC/", ["SRC/a"], ["src/a"]),
    ],
)
def test_a_pattern_fits_what_github_says_it_fits(pattern: str, fits: list[str], does_not: list[str]) -> None:
    lines = read_codeowners(f"{pattern} @a\n")
    assert [path for path in fits if owners_of(path, lines) != ("@a",)] == []
    assert [path for path in does_not if owners_of(path, lines)] == []


def test_the_last_line_that_fits_counts_even_if_it_names_nobody() -> None:
    lines = read_codeowners("* @a\n/x/ @b @c\n/x/y\n!/z @d\n/[w] @e\n")
    assert [owners_of(path, lines) for path in ("q", "x/", "x/y", "/z", "w")] == [
        ("@a",),
        ("@b", "@c"),
        (),
        ("@a",),
        ("@a",),
    ]
