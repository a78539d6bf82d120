"""Faults on request: what goes wrong between a client and GitHub."""

from tierkeeper.plugins.sandbox import faults

KINDS = (*faults.COMMON_KINDS, "deep-page-422", "drop-labels", "rename", "search-lag")


class Fault(faults.Fault, kw_only=True, forbid_unknown_fields=True):
    """One fault, with what GitHub's own kinds need."""

    primary: bool = False
    reset_in: int = 60
    pages: int = 100
    repository: str = ""
    to: str = ""


class Faults(faults.Faults[Fault]):
    """The faults that are on."""

    def __init__(self) -> None:
        super().__init__(KINDS, Fault)
