"""Where a printout goes and in which format: --format, --output and --json, once for all commands; its forms are printout.py's."""

import inspect
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from data_contracts.errors import InputError
from pipelines.commands.printout import Printout, TableFormat, content, paint
from pipelines.files import write_whole

BINARY = frozenset({TableFormat.parquet, TableFormat.xlsx})
ENDINGS = {f".{kind}": kind for kind in TableFormat} | {".txt": TableFormat.text}


OPTIONS = {
    "form": Annotated[
        TableFormat | None,
        typer.Option("--format", help="csv and parquet hold one table, xlsx each on a sheet."),
    ],
    "output": Annotated[
        Path | None, typer.Option(help="The file to write; its ending says the format too.")
    ],
    "as_json": Annotated[bool, typer.Option("--json", help="The same as --format json.")],
}


@dataclass(frozen=True)
class Way:
    """The format that was asked for, and the file; without one, standard output."""

    kind: TableFormat
    output: Path | None

    def deliver(self, made: Printout) -> None:
        """Print, or write the file and say so on standard error.

        Raises:
            InputError: the file cannot be written.
        """
        if self.output is not None:
            try:
                write_whole(self.output, content(made, self.kind))
            except OSError:
                raise _unwritable(self.output) from None
            told(f"Written to {self.output}")
        elif self.kind is TableFormat.text:
            paint(Console(highlight=False), made)
        elif self.kind in BINARY:
            sys.stdout.buffer.write(content(made, self.kind))
        else:
            typer.echo(content(made, self.kind).decode(), nl=False)


def printed(
    usual: TableFormat = TableFormat.text,
) -> Callable[[Callable[..., Printout]], Callable[..., None]]:
    """Make a command of a function that gives a printout: the options of printing come with it.

    Args:
        usual: the format where none is asked for.
    """

    def made(found: Callable[..., Printout]) -> Callable[..., None]:
        @wraps(found)
        def command(
            *args: Any,
            form: TableFormat | None = None,
            output: Path | None = None,
            as_json: bool = False,
            **kwargs: Any,
        ) -> None:
            way = asked(form, output, as_json=as_json, usual=usual)
            made = found(*args, **kwargs)
            way.deliver(made)
            if made.code:
                raise typer.Exit(made.code)

        own = inspect.signature(found)
        more = inspect.signature(command, follow_wrapped=False).parameters
        options = [more[name].replace(annotation=kind) for name, kind in OPTIONS.items()]
        given = [*own.parameters.values(), *options]
        command.__signature__ = own.replace(parameters=given)  # type: ignore[attr-defined]
        return command

    return made


def asked(
    kind: TableFormat | None,
    output: Path | None,
    *,
    as_json: bool = False,
    usual: TableFormat = TableFormat.text,
) -> Way:
    """Give the way that --format, --output and --json ask for, before any work is done.

    Args:
        kind: of --format; without it the ending of the file decides, then ``usual``.
        output: the file to write.
        as_json: whether --json was given, which is --format json.
        usual: the command's own format.

    Raises:
        InputError: two formats are asked for, a binary one goes to a screen, or there is no
            folder for the file.
    """
    if as_json and kind not in {None, TableFormat.json}:
        raise InputError(f"--json and --format {kind} ask for two formats", "give one of them")
    ending = ENDINGS.get(output.suffix.lower()) if output else None
    chosen = TableFormat.json if as_json else kind or ending or usual
    if output is None and chosen in BINARY and sys.stdout.isatty():
        raise InputError(
            f"{chosen} is not for a screen",
            "name a file with --output FILE, or send it into a pipe",
        )
    if output is not None and not (output.is_file() or _is_free(output)):
        raise _unwritable(output)
    return Way(chosen, output)


def _is_free(place: Path) -> bool:
    return place.absolute().parent.is_dir() and not place.exists()


def _unwritable(place: Path) -> InputError:
    return InputError(
        "no file can be written here",
        "name a file with --output, in a folder that is there and yours",
        file=place.name,
    )


def told(message: str) -> None:
    """Print one message for a person on standard error, wrapped at words, never as markup."""
    Console(stderr=True).print(Text(message), soft_wrap=True)


@contextmanager
def progress(first: str) -> Iterator[Callable[[str], None]]:
    """Show on standard error what is being done, and give the function that says it anew."""
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    with Progress(
        SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(),
        console=Console(stderr=True), transient=True,
    ) as shown:  # fmt: skip
        task = shown.add_task(first)
        yield lambda text: shown.update(task, description=text)
