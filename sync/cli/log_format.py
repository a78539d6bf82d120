"""How to log. Light: it is imported for every --help."""

from enum import StrEnum


class LogFormat(StrEnum):
    """What goes to standard error besides what is wrong."""

    text = "text"
    json = "json"
    off = "off"
