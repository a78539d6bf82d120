"""Promises and their clocks: a pure function of history, policy and time."""

from tierkeeper.rules.clocks.evaluate import CLOCK, clocks_of, with_clocks

__all__ = ["CLOCK", "clocks_of", "with_clocks"]
