"""`informality completion`: commands, options, surveys, tables and formats completed by the shell.

Which words an option offers is said in options.py, where the option is.
"""

import importlib
import os
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from typer.completion import get_completion_script  # type: ignore[attr-defined]
from typer.completion import install as installed  # type: ignore[attr-defined]

from data_contracts.errors import InputError
from pipelines.commands.printing import told

REQUEST = "_INFORMALITY_COMPLETE"  # a shell's request for completions; Typer's scripts set it
TYPED = ("COMP_WORDS", "_TYPER_COMPLETE_ARGS")  # where they put the words of the line


class Shell(StrEnum):
    """A shell that can complete."""

    bash = "bash"
    zsh = "zsh"
    fish = "fish"
    powershell = "powershell"


def command(
    shell: Annotated[Shell | None, typer.Argument(help="Without it, your own shell.")] = None,
    install: Annotated[
        bool, typer.Option("--install", help="Write it where the shell reads it at its start.")
    ] = False,
) -> None:
    """Print the script with which a shell completes `informality`, or install it for good.

    Try it in one terminal: source <(informality completion bash)
    """
    own = Path(os.environ.get("SHELL", "")).name
    name = shell.value if shell else own
    if name not in list(Shell):
        raise InputError(
            f"the shell {own or 'of this terminal'} is not one that can complete",
            f"name one of {', '.join(Shell)}",
        )
    if install:
        _, path = installed(shell=name, prog_name="informality", complete_var=REQUEST)
        told(f"Written to {path}; it takes effect in a new terminal")
        return
    script = get_completion_script(prog_name="informality", complete_var=REQUEST, shell=name)
    typer.echo(script)


def answer(purposes: Mapping[str, str]) -> None:
    """Print the completions that a shell asks for in the environment; ends the process.

    Args:
        purposes: command to what it is for; a command is loaded only when its name is typed.
    """
    typed = " ".join(os.environ.get(name, "") for name in TYPED).split()
    front = typer.Typer()
    for name, purpose in purposes.items():
        if name not in typed:
            front.command(name, help=purpose)(lambda: None)
            continue
        module = importlib.import_module(f"pipelines.commands.{name}")
        if hasattr(module, "group"):
            front.add_typer(module.group, name=name)
        else:
            front.command(name)(module.command)
    front(args=[], prog_name="informality")
