"""Plays stories by seed and shrinks those that break a law: `make soak SEEDS=1000 FROM=0 TRACKER=github`."""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter

from soak.play import TRACKERS, play, story_of
from soak.shrink import shrunk, told


def main() -> int:
    """Play them; the exit code is 1 where a law was broken."""
    parser = argparse.ArgumentParser(prog="python -m soak.run", description="Random histories under faults.")
    parser.add_argument("--tracker", choices=TRACKERS, default="github")
    parser.add_argument("--seeds", type=int, default=100, help="how many")
    parser.add_argument("--from", type=int, default=0, dest="first", help="the first seed")
    parser.add_argument("--looks", type=int, default=200, help="how often a failing story is played to shorten it")
    parser.add_argument("--seconds", type=float, default=1e9, help="begin no further seed after so many")
    asked = parser.parse_args()
    met: Counter[str] = Counter()
    acts: Counter[str] = Counter()
    failed: list[int] = []
    began = time.monotonic()
    played = 0
    for seed in range(asked.first, asked.first + asked.seeds):
        if time.monotonic() - began > asked.seconds:
            break
        played += 1
        story = story_of(seed, asked.tracker)
        outcome = play(asked.tracker, story)
        met += outcome.met
        acts += outcome.acts
        if outcome.findings:
            failed.append(seed)
            short = shrunk(asked.tracker, story, outcome.findings, most=asked.looks)
            print(f"\nseed {seed} on {asked.tracker}:\n{told(*short)}", flush=True)
    print(f"\n{played} seeds on {asked.tracker} from {asked.first} in {time.monotonic() - began:.0f} s")
    print(f"acts: {_counts(acts)}\nmet in runs: {_counts(met)}")
    print(f"broken by seeds {', '.join(map(str, failed))}" if failed else "no law was broken")
    return 1 if failed else 0


def _counts(found: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(found.items()))


if __name__ == "__main__":
    sys.exit(main())
