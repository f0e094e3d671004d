"""Opening a delivered file, whatever its format, as one polars frame; what it means lives elsewhere."""

import hashlib
import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import polars as pl

from data_contracts.errors import InputError, near
from data_contracts.registers.layout import WorkbookFormat
from transforms.read.archives import FORMATS, DataFile, opened
from transforms.read.layout import read_layout
from transforms.read.statdata import read_statdata
from transforms.read.table import RawTable, Variable
from transforms.read.textfile import read_text
from transforms.read.workbook import read_workbook

__all__ = ["RawTable", "Variable", "describe", "file_sha256", "read_table"]

MARK = "SYNTHETIC"  # in the file label of the twin's .dta and .sav, and in the properties of its others
CORE = "docProps/core.xml"  # title, comments and dates of a workbook
MOST_PROPERTIES = 100_000  # bytes of them that are looked at
SCALE = re.compile(r"scale=([0-9.]+(?:e-?[0-9]+)?)")
STATISTICAL = {".sav", ".zsav", ".dta"}


def file_sha256(path: Path) -> str:
    """Give the SHA-256 of a file's bytes, in hexadecimal."""
    with _there(path).open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def read_table(
    path: Path,
    columns: Sequence[str] | None = None,
    encoding: str | None = None,
    layout: WorkbookFormat | None = None,
) -> RawTable:
    """Read a delivered file.

    Args:
        path: a .sav, .dta, .csv, .parquet, .xlsx or .xls file, as it is or in a .zip or .gz.
        columns: lower-case names of the columns to read; without them every column. Names match
            without regard to case, and each must be there once.
        encoding: of the text, where the file does not say it.
        layout: how to find the table in a workbook (``format`` in data_contracts/schemas/register.json); other
            formats need none.

    Returns:
        The rows in the file's order. Text files and workbooks give every column as text, blanks
        as null. Statistical files give numbers, text, and dates as text (YYYY-MM-DD); codes that
        the file declares missing stay as they are.

    Raises:
        InputError: missing, empty, damaged, of an unknown format, in another encoding, without
            one of the columns, or with two that differ in case alone.
    """
    digest = file_sha256(path)
    with _data(path) as file:
        if file.suffix in STATISTICAL:
            data = read_statdata(file, columns, encoding)
            scale = SCALE.search(data.label) if MARK in data.label else None
            table = RawTable(
                path.name,
                digest,
                data.frame,
                synthetic=MARK in data.label,
                scale=float(scale[1]) if scale else None,
                variables=data.variables,
                notes=tuple(data.notes),
            )
        else:
            frame, notes = _plain(file, encoding, layout)
            made_up = MARK in _properties(file)
            table = RawTable(path.name, digest, frame, synthetic=made_up, notes=tuple(notes))
    frame = _choose(table.frame, columns, path.name)
    if frame.height == 0:
        raise InputError("the file holds no rows", "fetch it again from its source", file=path.name)
    return replace(table, frame=frame)


def describe(path: Path, encoding: str | None = None) -> tuple[int, Mapping[str, Variable]]:
    """Give the number of rows and how the file describes its columns, by lower-case name.

    Only labels and one column of a statistical file are read. Other formats describe nothing:
    their columns come with their names, and as text.

    Raises:
        InputError: as ``read_table`` does.
    """
    with _data(path) as file:
        if file.suffix in STATISTICAL:
            data = read_statdata(file, [], encoding)
            return data.rows, data.variables
        frame, _ = _plain(file, encoding, None)
    return frame.height, {
        name.strip().lower(): Variable(
            name, "", "number" if kind.is_numeric() else "date" if kind.is_temporal() else "text",
            {}, (),
        )
        for name, kind in frame.schema.items()
    }  # fmt: skip


def _there(path: Path) -> Path:
    if not path.is_file():
        raise InputError("there is no such file", "check its name and folder", file=path.name)
    return path


@contextmanager
def _data(path: Path) -> Iterator[DataFile]:
    """Give the data file out of its archive; refuse an empty one and an unknown kind."""
    if _there(path).stat().st_size == 0:
        _refuse_empty(path.name)
    with opened(path) as file:
        if file.place.stat().st_size == 0:
            _refuse_empty(path.name)
        if file.suffix not in FORMATS:
            raise InputError(
                f"files of this kind ({file.suffix or 'no ending'}) cannot be read",
                f"deliver it as one of {', '.join(FORMATS)}, or zipped",
                file=path.name,
            )
        yield file


def _refuse_empty(name: str) -> None:
    raise InputError("the file is empty", "fetch it again from its source", file=name)


def _plain(
    file: DataFile, encoding: str | None, layout: WorkbookFormat | None
) -> tuple[pl.DataFrame, list[str]]:
    """Read a file that no child is needed for."""
    content = file.place.read_bytes()
    if file.suffix == ".parquet":
        return _read_parquet(content, file.name), []
    if file.suffix in {".xlsx", ".xls"}:
        if layout:
            return read_layout(content, file.name, layout), []
        return read_workbook(content, file.name), []
    return read_text(content, file.name, encoding)


def _properties(file: DataFile) -> str:
    """Give what a Parquet file or a workbook says of itself; other formats say nothing."""
    if file.suffix == ".parquet":
        return str(pl.read_parquet_metadata(file.place).get("label", ""))
    if file.suffix == ".xlsx":
        with zipfile.ZipFile(file.place) as book:
            if CORE in book.namelist():
                return book.open(CORE).read(MOST_PROPERTIES).decode("utf-8", "replace")
    return ""


def _read_parquet(data: bytes, name: str) -> pl.DataFrame:
    try:
        return pl.read_parquet(io.BytesIO(data))
    except (pl.exceptions.PolarsError, OSError):
        raise InputError(
            "the file is damaged or not Parquet", "fetch it again from its source", file=name
        ) from None


def _choose(frame: pl.DataFrame, columns: Sequence[str] | None, name: str) -> pl.DataFrame:
    """Narrow a frame to the columns asked for, each by its lower-case name."""
    if columns is None:
        return frame
    by_lower: dict[str, list[str]] = {}
    for column in frame.columns:
        by_lower.setdefault(column.strip().lower(), []).append(column)
    for wanted in columns:
        if wanted not in by_lower:
            raise InputError(
                f"the column is missing{near(wanted, by_lower)}",
                "check that this is the right file for the profile, or set the column's name in "
                "the profile or its settings",
                file=name,
                column=wanted,
            )
        if len(by_lower[wanted]) > 1:
            raise InputError(
                f"{len(by_lower[wanted])} columns have this name (large and small letters count "
                "as the same)",
                "rename one of them in the file",
                file=name,
                column=wanted,
            )
    return frame.select(by_lower[wanted][0] for wanted in columns)
