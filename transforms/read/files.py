"""Opening a delivered file, whatever its format, as one polars frame; what it means lives elsewhere."""

import gzip
import hashlib
import io
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import polars as pl

from data_contracts.errors import InputError

FORMATS = (".sav", ".zsav", ".dta", ".csv", ".tsv", ".txt", ".parquet", ".xlsx")


@dataclass(frozen=True)
class RawTable:
    """A file as delivered: the columns asked for, under their names in the file.

    ``sha256`` is the identity of the whole file, archive included.
    """

    name: str
    sha256: str
    frame: pl.DataFrame


def file_sha256(path: Path) -> str:
    """Give the SHA-256 of a file's bytes, in hexadecimal."""
    with _opened(path).open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def read_table(
    path: Path, columns: Sequence[str] | None = None, encoding: str | None = None
) -> RawTable:
    """Read a delivered file.

    Args:
        path: a .sav, .dta, .csv, .parquet or .xlsx file, as it is or in a .zip or .gz.
        columns: lower-case names of the columns to read; without them every column. Names match
            without regard to case, and each must be there.
        encoding: of the text, where the file does not say it.

    Returns:
        The rows in the file's order. Text files give every column as text, blanks as null.

    Raises:
        InputError: missing, empty, damaged, of an unknown format, in another encoding, or
            without one of the columns.
    """
    digest = file_sha256(path)
    if path.stat().st_size == 0:
        raise InputError("the file is empty", "fetch it again from its source", file=path.name)
    with _unpacked(path) as plain:
        if plain.stat().st_size == 0:
            raise InputError("the file is empty", "fetch it again from its source", file=path.name)
        suffix = plain.suffix.lower()
        if suffix in {".sav", ".zsav", ".dta"}:
            frame = _read_statfile(plain, path.name, columns, encoding)
        elif suffix in {".csv", ".tsv", ".txt"}:
            frame = _read_text(plain, path.name, encoding)
        elif suffix == ".parquet":
            frame = _read_parquet(plain, path.name)
        elif suffix == ".xlsx":
            frame = _read_workbook(plain, path.name)
        else:
            raise InputError(
                f"files of this kind ({suffix or 'no ending'}) cannot be read",
                f"deliver it as one of {', '.join(FORMATS)}, or zipped",
                file=path.name,
            )
    frame = _choose(frame, columns, path.name)
    if frame.height == 0:
        raise InputError("the file holds no rows", "fetch it again from its source", file=path.name)
    return RawTable(path.name, digest, frame)


def _opened(path: Path) -> Path:
    if not path.is_file():
        raise InputError("there is no such file", "check its name and folder", file=path.name)
    return path


@contextmanager
def _unpacked(path: Path) -> Iterator[Path]:
    """Give the data file inside an archive, in a private folder that is deleted afterwards."""
    suffix = path.suffix.lower()
    if suffix not in {".zip", ".gz"}:
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="informality-") as folder:
        try:
            if suffix == ".gz":
                target = Path(folder) / path.stem
                target.write_bytes(gzip.decompress(path.read_bytes()))
            else:
                target = _unzip(path, Path(folder))
        except (OSError, EOFError, zipfile.BadZipFile, gzip.BadGzipFile):
            raise InputError(
                "the archive is damaged", "fetch it again from its source", file=path.name
            ) from None
        yield target


def _unzip(path: Path, folder: Path) -> Path:
    with zipfile.ZipFile(path) as archive:
        members = [
            info
            for info in archive.infolist()
            if PurePosixPath(info.filename).suffix.lower() in FORMATS and not info.is_dir()
        ]
        if len(members) != 1:
            raise InputError(
                f"the archive holds {len(members)} data files where one is expected",
                "unpack it and name the data file itself",
                file=path.name,
            )
        target = folder / PurePosixPath(members[0].filename).name
        target.write_bytes(archive.read(members[0]))
        return target


def _read_statfile(
    path: Path, name: str, columns: Sequence[str] | None, encoding: str | None
) -> pl.DataFrame:
    if path.suffix.lower() == ".dta":
        _check_stata_ending(path, name)
    command = [sys.executable, "-m", "transforms.read.statfile", str(path), encoding or ""]
    home = Path(__file__).resolve().parents[2]
    wanted = list(columns) if columns is not None else _statfile_columns(command, name, home)
    done = subprocess.run([*command, *wanted], capture_output=True, cwd=home, check=False)  # noqa: S603
    if done.returncode == 4:
        raise InputError(
            f"text in the file is not in the encoding {encoding or 'that it declares'}",
            "set `encoding:` in the profile to the file's encoding (often cp1252 or cp874)",
            file=name,
        )
    if done.returncode != 0:
        raise InputError(
            "the file is damaged or cut short",
            "fetch it again from its source and compare its size there",
            file=name,
        )
    frame = pl.read_ipc_stream(io.BytesIO(done.stdout))
    return (
        frame if frame.columns != [""] else pl.DataFrame(schema=dict.fromkeys(frame[""], pl.Null))
    )


def _statfile_columns(command: list[str], name: str, home: Path) -> list[str]:
    done = subprocess.run(command, capture_output=True, cwd=home, check=False)  # noqa: S603
    if done.returncode != 0:
        raise InputError(
            "the file is damaged or cut short", "fetch it again from its source", file=name
        )
    return pl.read_ipc_stream(io.BytesIO(done.stdout))[""].to_list()


def _check_stata_ending(path: Path, name: str) -> None:
    """A .dta of format 117 or later ends in a closing tag: without it, labels vanish silently."""
    with path.open("rb") as handle:
        tagged = handle.read(11) == b"<stata_dta>"
        if not tagged:
            return
        handle.seek(-12, io.SEEK_END)
        if handle.read(12) != b"</stata_dta>":
            raise InputError(
                "the file is damaged or cut short: its closing mark is missing",
                "fetch it again from its source and compare its size there",
                file=name,
            )


def _read_text(path: Path, name: str, encoding: str | None) -> pl.DataFrame:
    data = path.read_bytes()
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        encoding = "utf-16"
    try:
        text = data.decode(encoding or "utf-8").removeprefix("\ufeff")
    except (UnicodeDecodeError, LookupError) as error:
        place = data[: getattr(error, "start", 0)].count(b"\n")
        raise InputError(
            f"the text is not in the encoding {encoding or 'utf-8'}",
            "save it as UTF-8, or set `encoding:` in the profile",
            file=name,
            row=max(place, 1),
        ) from None
    header = text.split("\n", 1)[0]
    separator = max(",;\t|", key=header.count)
    try:
        return pl.read_csv(
            text.encode(),
            separator=separator,
            infer_schema=False,
        )
    except pl.exceptions.PolarsError:
        raise InputError(
            "the lines do not all have the columns of the first one",
            "export it again; quote text that holds the separator",
            file=name,
        ) from None


def _read_parquet(path: Path, name: str) -> pl.DataFrame:
    try:
        return pl.read_parquet(path)
    except (pl.exceptions.PolarsError, OSError):
        raise InputError(
            "the file is damaged or not Parquet", "fetch it again from its source", file=name
        ) from None


def _read_workbook(path: Path, name: str) -> pl.DataFrame:
    try:
        return pl.read_excel(path, engine="calamine", infer_schema_length=0)
    except Exception:  # noqa: BLE001 - the engine's own errors may quote cells
        raise InputError(
            "the workbook is damaged or has no table on its first sheet",
            "open it, put one table from cell A1 on the first sheet, and save it again",
            file=name,
        ) from None


def _choose(frame: pl.DataFrame, columns: Sequence[str] | None, name: str) -> pl.DataFrame:
    by_lower: dict[str, str] = {}
    for column in frame.columns:
        by_lower.setdefault(column.strip().lower(), column)
    if columns is None:
        return frame
    for wanted in columns:
        if wanted not in by_lower:
            raise InputError(
                "the column is missing",
                "check that this is the right file for the profile, or set the column's name in "
                "the profile or its settings",
                file=name,
                column=wanted,
            )
    return frame.select(by_lower[wanted] for wanted in columns)
