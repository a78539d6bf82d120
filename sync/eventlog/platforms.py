"""What a map may say on each platform: how a place is called there, and which labels it takes."""

import re

import msgspec


class Platform(msgspec.Struct, frozen=True, kw_only=True):
    """One platform. `place` is the map's key for where issues are put; `blanks`: whether a label may hold any."""

    name: str
    title: str
    place: str
    shape: re.Pattern[str]
    expected: str
    example: str
    longest_label: int
    blanks: bool
    native_priority: bool

    def wrong_label(self, label: str) -> str:
        """What is wrong with a label here; empty where nothing is."""
        if len(label) > self.longest_label:
            return f'the label "{label}" has more than {self.longest_label} characters'
        if not self.blanks and any(character.isspace() for character in label):
            return f'the label "{label}" has a blank, which no label has on {self.title}; `values` may rename it'
        return ""


PLATFORMS = (
    Platform(
        name="github",
        title="GitHub",
        place="repository",
        shape=re.compile(r"[\w.-]+/[\w.-]+", re.ASCII),
        expected="owner/name",
        example="example/incidents",
        longest_label=50,
        blanks=True,
        native_priority=False,
    ),
    Platform(
        name="jira",
        title="Jira",
        place="project",
        shape=re.compile(r"[A-Z][A-Z0-9_]{1,9}"),
        expected="a project's key",
        example="INC",
        longest_label=255,
        blanks=False,
        native_priority=True,
    ),
)
"""Those that a log can be loaded into; GitHub first, which is the default."""
