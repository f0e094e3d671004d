"""What a scan for identifiers looks for, and how often it stands in a text; where to look is elsewhere.

Member and employer numbers, names, phones and exact birth dates are known by their keyed hashes,
so that the files they came in need not be there any more; and, while the register's files are
there, names and phones as they are written, and addresses as well.
"""

import contextlib
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import polars as pl

from data_contracts.registers.layout import load_layout
from pipelines.settings import load_settings
from pipelines.warehouse.identity import identity_key
from pipelines.warehouse.vault import connect
from transforms.read.files import read_table
from transforms.read.headers import found_columns
from transforms.read.lao import fold
from transforms.register.canonical import keyed_hash, keyed_hashes

NUMBER, BIRTH, NAME, PHONE = "identifier", "birth_date", "person_name", "phone"
# What the vault's hashes stand for, by the name of their column.
KEYS = {"member_key": NUMBER, "employer_key": NUMBER, "birth_key": BIRTH, "name_key": NAME,
        "phone_key": PHONE}  # fmt: skip
LONGEST_NAME = 4  # words
SHORTEST = 5  # a shorter token would be found everywhere by chance
LATEST_BIRTH = "2004"  # a member is an adult: a later date in a text is a date of something else
_TOKEN = re.compile(r"(?<![0-9A-Za-z.])[0-9A-Za-z](?:[0-9A-Za-z_/\-]*[0-9A-Za-z])?(?![0-9A-Za-z])")
_DATE = re.compile(r"(?<!\d)(?:18|19|20)\d\d-\d\d-\d\d(?!\d)")
_PUNCTUATION = re.compile(r"[^0-9a-z]")
_WORD = re.compile(r"[^\W_]+(?:[-'.][^\W_]+)*")


@dataclass
class Identifiers:
    """What to look for.

    ``hashes`` are the register's keyed hashes by kind. ``phrases`` are the folded names, phones and
    addresses by kind, where the files are there; ``longer`` says, by first word, of how many words
    those of several words are. ``unsearchable`` counts names too short to tell from other words.
    """

    key: bytes
    hashes: dict[str, set[str]] = field(default_factory=dict)
    bare: frozenset[str] = frozenset()
    phrases: dict[str, set[str]] = field(default_factory=dict)
    longer: dict[str, set[int]] = field(default_factory=dict)
    unsearchable: int = 0

    def add_phrases(self, kind: str, values: Iterable[str]) -> None:
        """Make names, phones or addresses known by their folded words."""
        for value in values:
            words = _WORD.findall(fold(value))
            if sum(map(len, words)) < SHORTEST:
                self.unsearchable += 1
                continue
            self.phrases.setdefault(kind, set()).add(" ".join(words))
            if len(words) > 1:
                self.longer.setdefault(words[0], set()).add(len(words))

    def known(self, kind: str, values: Iterable[str]) -> int:
        """Count the values whose keyed hash is one of the register's."""
        hashes = self.hashes.get(kind)
        if not hashes:
            return 0
        hashed = keyed_hash(self.key)
        return sum(times for one, times in Counter(values).items() if hashed(one) in hashes)

    def in_text(self, text: str) -> Counter[str]:
        """Count the identifiers of each kind in a text."""
        found: Counter[str] = Counter()
        tokens = [t for t in _TOKEN.findall(text) if len(t) >= SHORTEST]
        found[NUMBER] += self.known(NUMBER, tokens)
        found[BIRTH] += self.known(BIRTH, [d for d in _DATE.findall(text) if d < LATEST_BIRTH])
        words = _WORD.findall(fold(text)) if self.phrases or self.hashes.get(NAME) else []
        if PHONE not in self.phrases:
            found[PHONE] += self.known(PHONE, [_PUNCTUATION.sub("", t.lower()) for t in tokens])
        if NAME not in self.phrases:
            for length in range(2, LONGEST_NAME + 1):
                runs = zip(*(words[at:] for at in range(length)), strict=False)
                found[NAME] += self.known(NAME, map(" ".join, runs))
        runs_of_words = words + [
            " ".join(words[at : at + length])
            for at, word in enumerate(words)
            for length in self.longer.get(word, ())
            if at + length <= len(words)
        ]
        for kind, phrases in self.phrases.items():
            found[kind] += sum(map(phrases.__contains__, runs_of_words))
        return +found


def identifiers(workspace: Path) -> Identifiers:
    """Gather what to look for: the stored hashes, and the register's files while they are there.

    Raises:
        InputError: the vault cannot be opened, or a file of the register cannot be read.
    """
    settings = load_settings(workspace)
    known = Identifiers(identity_key(settings.workspace))
    hashes: dict[str, set[str]] = {kind: set() for kind in KEYS.values()}
    with contextlib.closing(connect(settings.workspace)) as connection:
        for table, column in _key_columns(connection):
            stored = connection.execute(f'SELECT DISTINCT "{column}" FROM {table}').pl()
            hashes[KEYS[column]].update(stored[column].drop_nulls())
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
                hashes[NUMBER].update(keyed_hashes(values, known.key).drop_nulls())
                known.bare |= frozenset(v.strip().lstrip("0") for v in values)
            elif kind == "birth_date":
                days = values.str.slice(0, 10)
                hashes[BIRTH].update(keyed_hashes(days, known.key).drop_nulls())
            elif name in layout.tables[role].identifying:
                known.add_phrases(kind, values)
    known.hashes = hashes
    return known


def _key_columns(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    rows = connection.execute(
        "SELECT database_name || '.' || schema_name || '.\"' || table_name || '\"', column_name "
        "FROM duckdb_columns() WHERE database_name = 'vault' AND schema_name = 'core' "
        "AND ends_with(column_name, '_key')"
    ).fetchall()
    return [(str(table), str(column)) for table, column in rows if column in KEYS]
