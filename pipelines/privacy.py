"""Searching a workspace for identifiers of persons; hashing them at the door is transforms/'s part.

What is searched for: member and employer numbers, names, phones and exact birth dates, known by
their keyed hashes, so that the files they came in need not be there any more; and, while the
register's files are there, addresses as well. What is found is counted; it is never shown.
"""

import contextlib
import io
import re
import sqlite3
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from data_contracts.registers.layout import load_layout
from pipelines.settings import load_settings
from pipelines.warehouse.identity import identity_key
from pipelines.warehouse.vault import connect
from transforms.read.files import read_table
from transforms.read.headers import found_columns
from transforms.read.lao import fold
from transforms.register.canonical import keyed_hashes

NUMBER, BIRTH, NAME, PHONE = "identifier", "birth_date", "person_name", "phone"
# What the vault's hashes stand for, by the name of their column.
KEYS = {"member_key": NUMBER, "employer_key": NUMBER, "birth_key": BIRTH, "name_key": NAME,
        "phone_key": PHONE}  # fmt: skip
LONGEST_NAME = 4  # words
# Files as delivered and the keys lie where they must; the databases are searched as tables.
LEFT_OUT = ("landing", "keys")
ENCRYPTED = "vault/vault.duckdb"
SHORTEST = 5  # a shorter token would be found everywhere by chance
LATEST_BIRTH = "2004"  # a member is an adult: a later date in a text is a date of something else
SHARE_OF_A_COLUMN = 0.5  # a number column is one of identifiers when half of its values are
_TOKEN = re.compile(r"(?<![0-9A-Za-z.])[0-9A-Za-z](?:[0-9A-Za-z_/\-]*[0-9A-Za-z])?(?![0-9A-Za-z])")
_DATE = re.compile(r"(?<!\d)(?:18|19|20)\d\d-\d\d-\d\d(?!\d)")
_OFFSETS = re.compile(rb"\d{10} \d{5} [nf]")  # a PDF's table of contents, not numbers of anybody
_PUNCTUATION = re.compile(r"[^0-9a-z]")
_WORD = re.compile(r"[^\W_]+(?:[-'.][^\W_]+)*")


@dataclass(frozen=True)
class Find:
    """Identifiers of one kind in one place: a table's column, or a file (with its member)."""

    place: str
    kind: str
    count: int


@dataclass
class Identifiers:
    """What to look for.

    ``hashes`` are the register's keyed hashes by kind; ``phrases`` maps the first word of a name,
    phone or address to (kind, words), where the files are there; ``unsearchable`` counts names too
    short to tell from other words.
    """

    key: bytes
    hashes: dict[str, set[str]] = field(default_factory=dict)
    bare: frozenset[str] = frozenset()
    phrases: dict[str, set[tuple[str, tuple[str, ...]]]] = field(default_factory=dict)
    unsearchable: int = 0

    def add_phrases(self, kind: str, values: Iterable[str]) -> None:
        """Make names, phones or addresses known by their folded words."""
        for value in values:
            words = tuple(_WORD.findall(fold(value)))
            if sum(map(len, words)) < SHORTEST:
                self.unsearchable += 1
            else:
                self.phrases.setdefault(words[0], set()).add((kind, words))

    def known(self, kind: str, values: list[str]) -> int:
        """Count the values whose keyed hash is one of the register's."""
        hashes = self.hashes.get(kind)
        if not values or not hashes:
            return 0
        return sum(one in hashes for one in keyed_hashes(pl.Series(values), self.key))

    def in_text(self, text: str) -> Counter[str]:
        """Count the identifiers of each kind in a text."""
        found: Counter[str] = Counter()
        tokens = [t for t in _TOKEN.findall(text) if len(t) >= SHORTEST]
        found[NUMBER] += self.known(NUMBER, tokens)
        found[BIRTH] += self.known(BIRTH, [d for d in _DATE.findall(text) if d < LATEST_BIRTH])
        searched = {kind for phrases in self.phrases.values() for kind, _ in phrases}
        words = _WORD.findall(fold(text)) if self.phrases or self.hashes.get(NAME) else []
        if PHONE not in searched:
            found[PHONE] += self.known(PHONE, [_PUNCTUATION.sub("", t.lower()) for t in tokens])
        if NAME not in searched:
            for length in range(2, LONGEST_NAME + 1):
                runs = zip(*(words[at:] for at in range(length)), strict=False)
                found[NAME] += self.known(NAME, [" ".join(run) for run in runs])
        for at, word in enumerate(words):
            for kind, phrase in self.phrases.get(word, ()):
                found[kind] += tuple(words[at : at + len(phrase)]) == phrase
        return +found


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
    kinds = {kind for group in known.phrases.values() for kind, _ in group}
    sought = sorted(kinds | {kind for kind, hashes in known.hashes.items() if hashes})
    return Scan(tuple(finds), places, tuple(sought), known.unsearchable)


def identifiers(workspace: Path) -> Identifiers:
    """Gather what to look for: the stored hashes, and the register's files while they are there."""
    settings = load_settings(workspace)
    known = Identifiers(identity_key(settings.workspace))
    hashes: dict[str, set[str]] = {kind: set() for kind in KEYS.values()}
    with contextlib.closing(connect(settings.workspace)) as connection:
        for table, column in _key_columns(connection):
            rows = connection.execute(f'SELECT DISTINCT "{column}" FROM {table}').fetchall()
            hashes[KEYS[column]] |= {str(row[0]) for row in rows if row[0] is not None}
    layout = load_layout(settings.register_layout)
    for role, path in settings.register_files().items():
        if role == "contributions" or role not in layout.tables or not path.is_file():
            continue  # the contributions' numbers are the members'
        columns = layout.tables[role].columns
        frame = read_table(path, layout=layout.tables[role].format).frame
        for name, rule in found_columns(frame.columns, layout.tables[role], path.name).items():
            values = frame[rule].cast(pl.String).drop_nulls().unique()
            kind = columns[name].kind
            if kind == "identifier":
                hashes[NUMBER] |= set(keyed_hashes(values, known.key).drop_nulls().to_list())
                known.bare |= frozenset(v.strip().lstrip("0") for v in values)
            elif kind == "birth_date":
                days = values.str.slice(0, 10)
                hashes[BIRTH] |= set(keyed_hashes(days, known.key).drop_nulls().to_list())
            elif name in layout.tables[role].identifying:
                known.add_phrases(kind, values)
    known.hashes = hashes
    return known


def _key_columns(connection: "object") -> list[tuple[str, str]]:
    rows = connection.execute(  # type: ignore[attr-defined]
        "SELECT database_name || '.' || schema_name || '.\"' || table_name || '\"', column_name "
        "FROM duckdb_columns() WHERE database_name = 'vault' AND schema_name = 'core' "
        "AND ends_with(column_name, '_key')"
    ).fetchall()
    return [(str(table), str(column)) for table, column in rows if column in KEYS]


def _tables(workspace: Path, known: Identifiers) -> Iterator[tuple[str, Counter[str]]]:
    """Search every column of every table by its distinct values."""
    with contextlib.closing(connect(workspace.resolve())) as connection:
        columns = connection.execute(
            "SELECT database_name, schema_name, table_name, column_name FROM duckdb_columns() "
            "WHERE database_name IN ('vault', 'public') ORDER BY ALL"
        ).fetchall()
        for database, schema, table, column in columns:
            values = connection.execute(
                f'SELECT DISTINCT CAST("{column}" AS VARCHAR) AS value '
                f'FROM {database}.{schema}."{table}" WHERE "{column}" IS NOT NULL'
            ).pl()["value"]
            yield f"{schema}.{table}, column {column}", _in_column(values, known)


def _in_column(values: pl.Series, known: Identifiers) -> Counter[str]:
    """Judge a column: texts as any text; numbers and dates as a whole, as chance may hit one.

    An amount may equal a member's number, and some members joined on others' birthdays.
    """
    plain = values.str.contains(r"^\d+(\.0+)?$")
    dated = values.str.contains(r"^\d{4}-\d\d-\d\d( 00:00:00)?$")
    found = known.in_text("\n".join(values.filter(~plain & ~dated)))
    born = known.known(BIRTH, values.filter(dated).str.slice(0, 10).to_list())
    if born > SHARE_OF_A_COLUMN * len(values):
        found[BIRTH] += born
    numbers = values.filter(plain).str.replace(r"\.0+$", "")
    padded = numbers.filter(numbers.str.starts_with("0") & (numbers.str.len_chars() >= SHORTEST))
    found += known.in_text("\n".join(padded))
    bare = numbers.filter(~numbers.str.starts_with("0"))
    hits = sum(len(v) >= SHORTEST and v in known.bare for v in bare)
    if hits > SHARE_OF_A_COLUMN * len(values):
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
