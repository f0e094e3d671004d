"""What an asset may let out when it fails: our own words, or the place of a fault; never a value."""

import functools
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import dagster as dg

from data_contracts.errors import InputError
from pipelines.failures import RunFailed

INPUT_FAULT = "bad input"
ROOT = str(Path(__file__).resolve().parents[1])


def guarded(function: Callable[..., Iterator[Any]]) -> Callable[..., Iterator[Any]]:
    """Turn every exception of an asset into a Dagster failure that is safe to store.

    An ``InputError`` and a ``RunFailed`` keep their messages, which by rule hold no value. Any other exception may
    quote a cell, so only its kind and the lines of code that it passed through are kept.
    """

    @functools.wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> Iterator[Any]:
        try:
            yield from function(*args, **kwargs)
        except InputError as error:
            raise dg.Failure(
                str(error), metadata={"fault": INPUT_FAULT}, allow_retries=False
            ) from None
        except RunFailed as error:
            raise dg.Failure(
                str(error), metadata={"fault": "program"}, allow_retries=False
            ) from None
        except Exception as error:  # noqa: BLE001 - see above
            frames = [
                f
                for f in traceback.extract_tb(error.__traceback__)
                if f.filename.startswith(ROOT) and "site-packages" not in f.filename
            ]
            path = " > ".join(f"{Path(f.filename).name}:{f.lineno}" for f in frames[-6:])
            raise dg.Failure(
                f"A fault in the program itself ({type(error).__name__} at {path}). The message is "
                "withheld, as it may quote a record. What to do: report these places.",
                metadata={"fault": "program"},
                allow_retries=False,
            ) from None

    return wrapped
