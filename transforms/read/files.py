"""Opening a delivered file, whatever its format, as one polars frame; what it means lives elsewhere."""

import gzip
import hashlib
import io
import os
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import polars as pl

from data_contracts.errors import InputError

FORMATS = (".sav", ".zsav", ".dta", ".csv", ".tsv", ".txt", ".parquet", ".xlsx")


MARK = b"SYNTHETIC"  # in the file label of the twin's .dta and .sav


@dataclass(frozen=True)
class RawTable:
    """A file as delivered: the columns asked for, under their names in the file.

    ``sha256`` is the identity of the whole file, archive included. ``synthetic`` tells that the
    file's own label says so.
    """

    name: str
    sha256: str
    frame: pl.DataFrame
    synthetic: bool = False


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
    inner, content = _unpacked(path)
    if not content:
        raise InputError("the file is empty", "fetch it again from its source", file=path.name)
    suffix = inner.suffix.lower()
    synthetic = False
    if suffix in {".sav", ".zsav", ".dta"}:
        synthetic = MARK in content[:2048]
        frame = _read_statfile(path, inner, content, columns, encoding)
    elif suffix in {".csv", ".tsv", ".txt"}:
        frame = _read_text(content, path.name, encoding)
    elif suffix == ".parquet":
        frame = _read_parquet(content, path.name)
    elif suffix == ".xlsx":
        frame = _read_workbook(content, path.name)
    else:
        raise InputError(
            f"files of this kind ({suffix or 'no ending'}) cannot be read",
            f"deliver it as one of {', '.join(FORMATS)}, or zipped",
            file=path.name,
        )
    frame = _choose(frame, columns, path.name)
    if frame.height == 0:
        raise InputError("the file holds no rows", "fetch it again from its source", file=path.name)
    return RawTable(path.name, digest, frame, synthetic)


def _opened(path: Path) -> Path:
    if not path.is_file():
        raise InputError("there is no such file", "check its name and folder", file=path.name)
    return path


def _unpacked(path: Path) -> tuple[PurePosixPath, bytes]:
    """Give the name and the bytes of the data file, out of its archive; nothing goes to disk."""
    suffix = path.suffix.lower()
    try:
        if suffix == ".gz":
            return PurePosixPath(path.stem), gzip.decompress(path.read_bytes())
        if suffix == ".zip":
            return _unzipped(path)
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile):
        raise InputError(
            "the archive is damaged", "fetch it again from its source", file=path.name
        ) from None
    return PurePosixPath(path.name), path.read_bytes()


def _unzipped(path: Path) -> tuple[PurePosixPath, bytes]:
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
        return PurePosixPath(PurePosixPath(members[0].filename).name), archive.read(members[0])


def _read_statfile(
    path: Path,
    inner: PurePosixPath,
    content: bytes,
    columns: Sequence[str] | None,
    encoding: str | None,
) -> pl.DataFrame:
    if inner.suffix.lower() == ".dta":
        _check_stata_ending(content, path.name)
    packed = path.suffix.lower() in {".zip", ".gz"}
    with _on_a_path(content, inner.suffix) if packed else nullcontext(str(path)) as place:
        wanted = columns
        if wanted is None:
            wanted = _child(path.name, inner, place, encoding, ())[""].to_list()
        frame = _child(path.name, inner, place, encoding, wanted)
    if frame.columns == [""]:
        return pl.DataFrame(schema=dict.fromkeys(frame[""].to_list(), pl.Null))
    return frame


@contextmanager
def _on_a_path(content: bytes, suffix: str) -> Iterator[str]:
    """Give a path under which the reading library finds bytes that lie in memory alone.

    Where the system has no such thing (outside Linux) a private folder is used and deleted.
    """
    if hasattr(os, "memfd_create"):
        handle = os.memfd_create("survey")
        try:
            with os.fdopen(os.dup(handle), "wb") as file:
                file.write(content)
            yield f"/proc/{os.getpid()}/fd/{handle}"
        finally:
            os.close(handle)
        return
    with tempfile.TemporaryDirectory(prefix="informality-") as folder:
        place = Path(folder) / f"survey{suffix}"
        place.write_bytes(content)
        yield str(place)


def _child(
    name: str, inner: PurePosixPath, place: str, encoding: str | None, wanted: Sequence[str]
) -> pl.DataFrame:
    kind = "dta" if inner.suffix.lower() == ".dta" else "sav"
    command = [sys.executable, "-m", "transforms.read.statfile", kind, place, encoding or ""]
    home = Path(__file__).resolve().parents[2]
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
    return pl.read_ipc_stream(io.BytesIO(done.stdout))


def _check_stata_ending(content: bytes, name: str) -> None:
    """A .dta of format 117 or later ends in a closing tag: without it, labels vanish silently."""
    if content.startswith(b"<stata_dta>") and not content.endswith(b"</stata_dta>"):
        raise InputError(
            "the file is damaged or cut short: its closing mark is missing",
            "fetch it again from its source and compare its size there",
            file=name,
        )


def _read_text(data: bytes, name: str, encoding: str | None) -> pl.DataFrame:
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


def _read_parquet(data: bytes, name: str) -> pl.DataFrame:
    try:
        return pl.read_parquet(data)
    except (pl.exceptions.PolarsError, OSError):
        raise InputError(
            "the file is damaged or not Parquet", "fetch it again from its source", file=name
        ) from None


def _read_workbook(data: bytes, name: str) -> pl.DataFrame:
    try:
        return pl.read_excel(data, engine="calamine", infer_schema_length=0)
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
