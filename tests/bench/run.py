"""Prints the figures that Tierkeeper holds itself to: `make bench`, or `python -m bench.run [--quick] [FIGURE ...]`."""

import argparse
import sys
from collections.abc import Callable, Mapping

from bench.business_time import business_time
from bench.clocks import clocks
from bench.figure import Figure
from bench.first_reading import first_reading
from bench.help_page import help_page
from bench.idle import idle_cycles
from bench.intake import bytes_to_rows
from bench.jira_intake import jira_bytes_to_rows
from bench.judgement import rows_to_plan
from bench.many_queues import many_queues
from bench.markup import markup
from bench.memory import memory
from bench.mirrors import mirrors
from bench.whole_log import whole_log

FIGURES: Mapping[str, Callable[..., list[Figure]]] = {
    "idle": idle_cycles,
    "rows": bytes_to_rows,
    "jira-rows": jira_bytes_to_rows,
    "plan": rows_to_plan,
    "business-time": business_time,
    "clocks": clocks,
    "markup": markup,
    "memory": memory,
    "help": help_page,
    "log": whole_log,
    "first": first_reading,
    "queues": many_queues,
    "mirrors": mirrors,
}


def main() -> int:
    """Measure and print; the exit code is 0 even where a target is missed, for a busy machine misses them too."""
    parser = argparse.ArgumentParser(prog="python -m bench.run", description="Tierkeeper's figures.")
    parser.add_argument("figures", nargs="*", metavar="FIGURE", help=f"which: {', '.join(FIGURES)}; default: all")
    parser.add_argument("--quick", action="store_true", help="smaller sizes: a look, not the figures to quote")
    asked = parser.parse_args()
    unknown = [name for name in asked.figures if name not in FIGURES]
    if unknown:
        parser.error(f"no figure {', '.join(unknown)}; there are {', '.join(FIGURES)}")
    missed = 0
    for name in asked.figures or FIGURES:
        for figure in FIGURES[name](quick=asked.quick):
            print(figure, flush=True)
            missed += not figure.met
    print(f"{missed} targets missed" if missed else "all targets met")
    return 0


if __name__ == "__main__":
    sys.exit(main())
