"""Searching a workspace for identifiers of persons; hashing them at the door is transforms/'s part.

Every table, log, page and event is read; what is looked for is in identifiers.py. What is found is
counted; it is never shown.
"""

import contextlib
import io
import re
import sqlite3
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipelines.identifiers import BIRTH, NUMBER, SHORTEST, Identifiers, identifiers
from pipelines.warehouse.vault import connect

# Files as delivered and the keys lie where they must; the databases are searched as tables.
LEFT_OUT = ("landing", "keys")
ENCRYPTED = "vault/vault.duckdb"
VALUES_AT_A_TIME = 50_000
SHARE_OF_A_COLUMN = 0.5  # a number column is one of identifiers when half of its values are
_OFFSETS = re.compile(rb"\d{10} \d{5} [nf]")  # a PDF's table of contents, not numbers of anybody


@dataclass(frozen=True)
class Find:
    """Identifiers of one kind in one place: a table's column, or a file (with its member)."""

    place: str
    kind: str
    count: int


@dataclass(frozen=True)
class Scan:
    """What a scan did: finds, how many places were searched, what could not be searched for."""

    finds: tuple[Find, ...]
    places: int
    searched_for: tuple[str, ...]
    unsearchable: int


def scan(workspace: Path, also: Iterable[Path] = ()) -> Scan:
    """Search every table, log, report and the event store of a workspace.

    Args:
        workspace: the folder.
        also: further files or folders, such as a log kept elsewhere.

    Raises:
        InputError: the vault cannot be opened.
    """
    known = identifiers(workspace)
    finds: list[Find] = []
    places = 0
    for place, counted in _tables(workspace, known):
        places += 1
        finds += [Find(place, kind, n) for kind, n in counted.items()]
    for place, text in _texts(workspace, also):
        places += 1
        finds += [Find(place, kind, n) for kind, n in known.in_text(text).items()]
    sought = sorted(
        known.phrases.keys() | {kind for kind, hashes in known.hashes.items() if hashes}
    )
    return Scan(tuple(finds), places, tuple(sought), known.unsearchable)


def _tables(workspace: Path, known: Identifiers) -> Iterator[tuple[str, Counter[str]]]:
    """Search every column of every table by its distinct values, some thousands at a time."""
    with contextlib.closing(connect(workspace.resolve())) as connection:
        columns = connection.execute(
            "SELECT database_name, schema_name, table_name, column_name FROM duckdb_columns() "
            "WHERE database_name IN ('vault', 'public') ORDER BY ALL"
        ).fetchall()
        for database, schema, table, column in columns:
            distinct = connection.execute(
                f'SELECT CAST(value AS VARCHAR) FROM (SELECT DISTINCT "{column}" AS value '
                f'FROM {database}.{schema}."{table}" WHERE "{column}" IS NOT NULL)'
            ).to_arrow_reader(VALUES_AT_A_TIME)
            values = (pl.Series(batch.column(0), dtype=pl.String) for batch in distinct)
            yield f"{schema}.{table}, column {column}", _in_column(values, known)


def _in_column(batches: Iterable[pl.Series], known: Identifiers) -> Counter[str]:
    """Judge a column: texts as any text; numbers and dates as a whole, as chance may hit one.

    An amount may equal a member's number, and some members joined on others' birthdays.
    """
    found: Counter[str] = Counter()
    values = born = hits = 0
    for batch in batches:
        plain = batch.str.contains(r"^\d+(\.0+)?$")
        dated = batch.str.contains(r"^\d{4}-\d\d-\d\d( 00:00:00)?$")
        found += known.in_text("\n".join(batch.filter(~plain & ~dated)))
        numbers = batch.filter(plain).str.replace(r"\.0+$", "")
        zero = numbers.str.starts_with("0")
        found += known.in_text(
            "\n".join(numbers.filter(zero & (numbers.str.len_chars() >= SHORTEST)))
        )
        values += len(batch)
        born += known.known(BIRTH, batch.filter(dated).str.slice(0, 10))
        hits += sum(len(v) >= SHORTEST and v in known.bare for v in numbers.filter(~zero))
    if born > SHARE_OF_A_COLUMN * values:
        found[BIRTH] += born
    if hits > SHARE_OF_A_COLUMN * values:
        found[NUMBER] += hits
    return +found


def _texts(workspace: Path, also: Iterable[Path]) -> Iterator[tuple[str, str]]:
    """Give the text of every file: databases of the event store, archives and PDFs opened."""
    files = [
        path
        for path in sorted(workspace.rglob("*"))
        if path.is_file()
        and path.relative_to(workspace).parts[0] not in LEFT_OUT
        and path.relative_to(workspace).as_posix() != ENCRYPTED
    ]
    for extra in also:
        files += sorted(p for p in extra.rglob("*") if p.is_file()) if extra.is_dir() else [extra]
    for path in files:
        name = (
            path.relative_to(workspace).as_posix() if path.is_relative_to(workspace) else path.name
        )
        content = path.read_bytes()
        yield name, _plain(_OFFSETS.sub(b"", content) if content.startswith(b"%PDF") else content)
        if content.startswith(b"SQLite format 3"):
            yield f"{name}, rows", _sqlite_text(path)
        elif content.startswith(b"PK\x03\x04"):
            yield from _archive_texts(name, content)
        elif content.startswith(b"%PDF"):
            yield f"{name}, text", _pdf_text(content)


def _plain(content: bytes) -> str:
    return content.decode("utf-8", errors="replace")


def _archive_texts(name: str, content: bytes) -> Iterator[tuple[str, str]]:
    with contextlib.suppress(zipfile.BadZipFile), zipfile.ZipFile(io.BytesIO(content)) as archive:
        for member in archive.namelist():
            yield f"{name}, {member}", _plain(archive.read(member))


def _pdf_text(content: bytes) -> str:
    import pypdfium2

    with contextlib.closing(pypdfium2.PdfDocument(content)) as document:
        return "\n".join(page.get_textpage().get_text_range() for page in document)


def _sqlite_text(path: Path) -> str:
    """Give every text of every table of a SQLite file; its free pages are in its bytes."""
    parts: list[str] = []
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (name,) in names:
            for row in connection.execute(f'SELECT * FROM "{name}"'):
                parts += [
                    _plain(cell) if isinstance(cell, bytes) else cell
                    for cell in row
                    if isinstance(cell, str | bytes)
                ]
    return "\n".join(parts)
