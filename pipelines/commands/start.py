"""Starting one command: options read by Typer, errors told in our words, exit codes for scripts."""

import importlib

import typer

from data_contracts.errors import InputError, near
from pipelines.commands.printing import told
from pipelines.failures import RunFailed


def start(name: str, arguments: list[str]) -> int:
    """Run a command and give its exit code: 0 done, 1 a fault of ours, 2 the input's."""
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


def worded(error: typer.TyperException) -> str:
    """Give what is wrong with the words of a command; to a misspelt option the nearest there is."""
    wrong, context = getattr(error, "option_name", None), getattr(error, "ctx", None)
    if wrong is None or context is None:
        return error.format_message()
    known = [name for option in context.command.params for name in option.opts]
    return f"There is no option {wrong}{near(wrong, known)}."
