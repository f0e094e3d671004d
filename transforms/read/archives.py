"""Archives opened without leaving a person's record on the disk; what is inside is read elsewhere."""

import gzip
import os
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from data_contracts.errors import InputError

FORMATS = (".sav", ".zsav", ".dta", ".csv", ".tsv", ".txt", ".parquet", ".xlsx", ".xls")
MOST_BYTES = 8 * 2**30  # an unpacked file above this is taken for a zip bomb
PIECE = 2**20
ENCRYPTED = 0x1  # the first bit of a zip member's flags


@dataclass(frozen=True)
class DataFile:
    """A data file, out of its archive.

    Attributes:
        name: the delivered file's name, for messages.
        suffix: what kind of data file it is, in lower case with its dot.
        place: a path under which any library finds its bytes.
    """

    name: str
    suffix: str
    place: Path


@contextmanager
def opened(path: Path) -> Iterator[DataFile]:
    """Give the data file of a delivery, unpacked from .zip or .gz.

    Unpacked bytes lie in memory alone. Where the system cannot do that (outside Linux) a private
    folder is used and deleted.

    Raises:
        InputError: damaged or encrypted archive, more than one data file in it, or one that
            would fill the memory.
    """
    suffix = path.suffix.lower()
    if suffix not in {".gz", ".zip"}:
        yield DataFile(path.name, suffix, path)
        return
    with _room() as (place, write):
        try:
            inner = _gunzip(path, write) if suffix == ".gz" else _unzip(path, write)
        except (OSError, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError):
            raise InputError(
                "the archive is damaged", "fetch it again from its source", file=path.name
            ) from None
        yield DataFile(path.name, inner, place)


@contextmanager
def _room() -> Iterator[tuple[Path, IO[bytes]]]:
    """Give a path for unpacked bytes, and the handle that fills it."""
    if hasattr(os, "memfd_create"):
        with os.fdopen(os.memfd_create("survey"), "wb") as file:
            yield Path(f"/proc/{os.getpid()}/fd/{file.fileno()}"), file
        return
    with tempfile.TemporaryDirectory(prefix="informality-") as folder:
        place = Path(folder) / "survey"
        with place.open("wb") as file:
            yield place, file


def _gunzip(path: Path, target: IO[bytes]) -> str:
    with gzip.open(path) as source:
        _copy(source.read, target, path.name)
    return PurePosixPath(path.stem).suffix.lower()


def _unzip(path: Path, target: IO[bytes]) -> str:
    with zipfile.ZipFile(path) as archive:
        members = [
            info
            for info in archive.infolist()
            if PurePosixPath(info.filename).suffix.lower() in FORMATS
            and not info.is_dir()
            and not info.filename.startswith("__MACOSX/")
        ]
        if len(members) != 1:
            raise InputError(
                f"the archive holds {len(members)} data files where one is expected",
                "unpack it and name the data file itself",
                file=path.name,
            )
        (member,) = members
        if member.flag_bits & ENCRYPTED:
            raise InputError(
                "the archive is encrypted with a password",
                "unpack it with its password and name the data file itself",
                file=path.name,
            )
        if member.file_size > MOST_BYTES:
            _refuse_size(path.name)
        with archive.open(member) as source:
            _copy(source.read, target, path.name)
    return PurePosixPath(member.filename).suffix.lower()


def _copy(read: Callable[[int], bytes], target: IO[bytes], name: str) -> None:
    written = 0
    while piece := read(PIECE):
        written += len(piece)
        if written > MOST_BYTES:
            _refuse_size(name)
        target.write(piece)
    target.flush()


def _refuse_size(name: str) -> None:
    raise InputError(
        f"the archive unpacks to more than {MOST_BYTES / 2**30:g} GiB",
        "check that it is the right file; if it is, unpack it and name the data file itself",
        file=name,
    )
