"""Starting one command: options read by Typer, errors told in our words, exit codes for scripts."""

import errno
import importlib
import os
import select
import sys

import typer

from data_contracts.errors import InputError, near
from pipelines.commands.printing import told
from pipelines.failures import RunFailed

CLOSED_PIPE = 141  # what a shell reports of a command that SIGPIPE has ended: 128 + 13


def start(name: str, arguments: list[str]) -> int:
    """Run a command and give its exit code: 0 done, 1 a fault of ours, 2 the input's.

    Where nobody reads its output any more, as after ``| head``, it ends in silence with 141.
    """
    try:
        code = run(name, arguments)
        sys.stdout.flush()  # at the interpreter's end it would be too late to be silent
    except SystemExit:
        return CLOSED_PIPE  # so Typer and Rich end; no command of ours does
    except OSError as error:
        if not _reader_gone(error):
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for the last flush
        return CLOSED_PIPE
    return code


def run(name: str, arguments: list[str]) -> int:
    """Run a command with its errors told on standard error, and give its exit code."""
    module = importlib.import_module(f"pipelines.commands.{name}")
    app = getattr(module, "group", None)  # a command with parts of its own, such as `profile draft`
    if app is None:
        app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
        app.command(name=name)(module.command)
    try:
        result = app(args=arguments, prog_name=f"informality {name}", standalone_mode=False)
    except InputError as error:
        told(str(error))
        return error.exit_code
    except RunFailed as failure:
        told(str(failure))
        return 1
    except typer.Exit as leaving:
        return leaving.exit_code
    except (typer.Abort, KeyboardInterrupt):
        told("Stopped. The warehouse keeps what it had.")
        return 1
    except typer.TyperException as error:
        told(f"{worded(error)} What to do: see `informality {name} --help`.")
        return 2
    return result if isinstance(result, int) else 0


def _reader_gone(error: OSError) -> bool:
    """Tell whether an error says that nobody reads our standard output any more.

    polars gives the system's words without its number. A pipe to a child may break as well, so
    the output itself is asked.
    """
    broken = error.errno == errno.EPIPE or f"(os error {errno.EPIPE})" in str(error)
    if not broken or not hasattr(select, "poll"):
        return False
    output = select.poll()
    output.register(sys.stdout, select.POLLOUT)
    return any(state & (select.POLLERR | select.POLLHUP) for _, state in output.poll(0))


def worded(error: typer.TyperException) -> str:
    """Give what is wrong with the words of a command; to a misspelt option the nearest there is."""
    wrong, context = getattr(error, "option_name", None), getattr(error, "ctx", None)
    if wrong is None or context is None:
        return error.format_message()
    known = [name for option in context.command.params for name in option.opts]
    return f"There is no option {wrong}{near(wrong, known)}."
