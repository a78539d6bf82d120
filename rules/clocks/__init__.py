"""Promises and their clocks: a pure function of history, policy and time."""

from tierkeeper.rules.clocks.evaluate import clocks_of

__all__ = ["clocks_of"]
