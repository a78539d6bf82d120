"""What a test may turn about the sandbox as a whole."""

from dataclasses import dataclass


@dataclass
class Settings:
    """Caps of Jira's that are not in its contract."""

    upload_limit: int = 10_485_760
    """How many bytes a file on an issue may have."""
    comment_cap: int = 100
    """How many comments come inside an issue."""
    changelog_cap: int = 40
    """How many changelog entries come with an issue through search."""
    page_cap: int = 100
    """How many issues a search page holds, however many are asked for, once fields are asked for."""
    ids_cap: int = 5000
    """How many issues a search page holds when only ids and keys are asked for."""
