"""`tierkeeper`: the commands, and the one place where an error becomes a message and an exit code.

Exit codes: 0 done; 1 something failed or was not looked at; 2 a mistake in the command line or the policy; 3 another
run holds the lease; 130 stopped with Ctrl-C.
"""

import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from tierkeeper.sync.cli.catalogue import catalogue
from tierkeeper.sync.cli.check import check
from tierkeeper.sync.cli.commands import commands
from tierkeeper.sync.cli.demo import demo
from tierkeeper.sync.cli.explain import explain
from tierkeeper.sync.cli.ledger import ledger
from tierkeeper.sync.cli.mirror import mirror
from tierkeeper.sync.cli.plan import plan
from tierkeeper.sync.cli.promises import promises
from tierkeeper.sync.cli.rules import rules
from tierkeeper.sync.cli.run import run
from tierkeeper.sync.cli.sandbox import sandbox
from tierkeeper.sync.cli.status import status

STOPPED = 130

app = typer.Typer(
    name="tierkeeper",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(check)
app.command()(plan)
app.command()(run)
app.command()(explain)
app.command()(status)
app.command()(promises)
app.command()(catalogue)
app.command()(commands)
app.command()(demo)
app.add_typer(rules, name="rules")
app.add_typer(mirror, name="mirror")
app.add_typer(ledger, name="ledger")
app.add_typer(sandbox, name="sandbox")


def _show_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version  # noqa: PLC0415  # slow to import, and rarely needed

        typer.echo(f"tierkeeper {version('tierkeeper')}")
        raise typer.Exit


@app.callback()
def tierkeeper(
    *,
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Keep a help desk's promises inside the tracker that people already use.

    Exit codes: 0 done; 1 something failed or was not looked at; 2 a mistake in the command line or the policy;
    3 another run holds the lease.
    """


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal that lacks a letter must not stop a run
    try:
        app(list(sys.argv[1:] if arguments is None else arguments), prog_name="tierkeeper")
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    except KeyboardInterrupt:
        code = STOPPED
    except Exception as error:  # noqa: BLE001  # isolation: the last place where an error can still be told
        from tierkeeper.sync.cli.failure import tell  # noqa: PLC0415  # heavy, and needed only now

        code = tell(error)
    if code == STOPPED:
        sys.stderr.write("Stopped. What was done is in the ledger; the next run goes on from there.\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
