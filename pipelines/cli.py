"""The command line's front door: which commands there are. What they do lives in commands/.

Nothing heavy is imported until a command is chosen, so that `informality --help` answers at once.
"""

import os
import sys

if sys.version_info < (3, 11):  # noqa: UP036 - an older Python reads this far, and is told
    sys.stderr.write(
        "informality needs Python 3.11 or newer, and this is Python "
        f"{sys.version_info[0]}.{sys.version_info[1]}. What to do: install a newer one, then run "
        "`make setup PYTHON=python3.11`, or README.md's commands with it.\n"
    )
    sys.exit(2)

from pipelines.version import VERSION

# name -> what it is for; each lives in pipelines/commands/<name>.py as `command`
COMMANDS = {
    "demo": "make the synthetic Lao twin, run everything on it, print the briefs' paths",
    "run": "survey (and register) in: checks, estimates, drivers, brief out",
    "twin": "write the synthetic Lao twin in the real file layouts, with its known truth",
    "estimate": "figures with their uncertainty from any survey file, without a profile",
    "coverage": "where the coverage gap opens, from the law to the payment, register beside survey",
    "table": "print or save a table of the warehouse",
    "export": "write published figures as SDMX-CSV with ILOSTAT's codes",
    "profile": "list, show, draft, check or compare the profiles that say how a survey is read",
    "contract": "show a table's or a file's contract, check a file against it, compare two",
    "register": "check a register's files, draft a layout, compare two extracts, run it alone",
    "quality": "judge a survey, a register or published figures; write the quality report",
    "reconcile": "what published figures mean beside each other, and where they contradict",
    "privacy": "search the whole workspace for identifiers of persons",
    "completion": "let the shell complete commands, surveys and tables (bash, zsh, fish)",
    "ui": "open the graph in the browser (Dagster, on this machine alone)",
}
# What Typer's own command lines call the two uses of `completion`.
TYPER_WORDS = {"--show-completion": [], "--install-completion": ["--install"]}
EPILOGUE = """\
Start here:
  informality demo
  informality run --survey CRI_2020_ENAHO --lfs cri20n1.dta.zip --workspace costa-rica
  informality table est.estimate --workspace costa-rica --format csv

Exit codes: 0 done, 1 a fault in the program, 2 the input or the request is not right.
`informality COMMAND --help` tells more about each."""


def main() -> None:
    """Run the command that the first argument names."""
    arguments = sys.argv[1:]
    if "_INFORMALITY_COMPLETE" in os.environ:  # a shell asks, by the script of `completion`
        from pipelines.commands.completion import answer

        answer(COMMANDS)
    if not arguments or arguments[0] in {"--help", "-h", "help"}:
        sys.stdout.write(help_text())
        return
    if arguments[0] == "--version":
        sys.stdout.write(f"informality {VERSION}\n")
        return
    if arguments[0] in TYPER_WORDS:
        arguments = ["completion", *TYPER_WORDS[arguments[0]], *arguments[1:]]
    if arguments[0] not in COMMANDS:
        from data_contracts.errors import near

        sys.stderr.write(
            f"There is no command {arguments[0]}{near(arguments[0], COMMANDS)}. What to do: choose "
            f"one of {', '.join(COMMANDS)}.\n"
        )
        sys.exit(2)
    from pipelines.commands.start import start

    sys.exit(start(arguments[0], arguments[1:]))


def help_text() -> str:
    """Give the text of `informality --help`."""
    width = max(map(len, COMMANDS))
    lines = [f"  {name:<{width}}  {purpose}" for name, purpose in COMMANDS.items()]
    return (
        "informality: who is outside social security in Lao PDR, and how sure we are\n\n"
        "Usage: informality COMMAND [OPTIONS]\n\nCommands:\n"
        + "\n".join(lines)
        + f"\n\n{EPILOGUE}\n"
    )


if __name__ == "__main__":
    main()
