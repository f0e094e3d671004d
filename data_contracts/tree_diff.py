"""Two trees of nested mappings to the places where they differ, and each place to its sentence in a table.

What the trees are made of, and what may be said of it, lives with what is compared: versions of a
contract in ``contract/``, waves of a survey in ``profile/``.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any

from data_contracts.yaml_lines import load_yaml

Tree = Mapping[str, Any]
Row = Mapping[str, Any]
Table = Mapping[str, Mapping[str, Row]]


@dataclass(frozen=True)
class Leaf:
    """A value that is told otherwise than it is compared.

    Args:
        by: what orders it; sets and numbers have an order, texts and lists have none.
        said: what ``{was}`` and ``{now}`` say of it; compared too.
        words: what ``{was[word]}`` and ``{now[word]}`` say; not compared.
    """

    by: Any
    said: str = ""
    words: Mapping[str, str] = field(default_factory=dict, compare=False)

    def __str__(self) -> str:
        """Give what is said."""
        return self.said

    def __getitem__(self, word: str) -> str:
        """Give one of the words."""
        return self.words[word]


@dataclass(frozen=True)
class Difference:
    """One place where two trees differ; None stands for what one of them does not have."""

    path: tuple[str, ...]
    old: Any
    new: Any

    @property
    def kind(self) -> str:
        """What happened: appears, goes, rises, falls (also to a part of a set), or differs."""
        if self.old is None or self.new is None:
            return "appears" if self.old is None else "goes"
        old: Any
        new: Any
        old, new = (one.by if isinstance(one, Leaf) else one for one in (self.old, self.new))
        if not (type(old) is type(new) and isinstance(old, int | frozenset | tuple)):
            return "differs"
        return "rises" if old < new else "falls" if old > new else "differs"


@dataclass(frozen=True)
class Told:
    """The sentence on one difference, or on several told together; ``row`` is its row of the table."""

    at: str
    kind: str
    difference: Difference
    sentence: str
    row: Row


@lru_cache(maxsize=8)
def table_of(path: Path) -> Table:
    """Read a table of sentences: place -> kind of difference -> ``says``, and marks of its own.

    A place is the parts of a path with dots between them, ``*`` for any text; the first that
    fits counts. Kinds that share a row are joined by "or". A row with ``each`` tells all
    differences of its kind in one place together: each by ``each``, joined by ``joined_by`` (a
    comma where it says none) as ``{all}``.
    """
    return {
        at: {kind: row for kinds, row in rows.items() for kind in kinds.split(" or ")}
        for at, rows in load_yaml(path).items()
    }


def differences(old: Tree, new: Tree, path: tuple[str, ...] = ()) -> Iterator[Difference]:
    """Give every place where two trees differ, in the order of the old one, then of the new.

    What is a mapping in both is compared entry by entry; anything else is compared whole. An
    entry that is None is as good as absent.
    """
    for key in dict.fromkeys([*old, *new]):
        was, now = old.get(key), new.get(key)
        if isinstance(was, Mapping) and isinstance(now, Mapping):
            yield from differences(was, now, (*path, key))
        elif was != now:
            yield Difference((*path, key), was, now)


def told(
    found: Iterable[Difference],
    table: Table,
    words: Mapping[str, str],
    kind_of: Callable[[Difference], str] = lambda one: one.kind,
) -> Iterator[Told]:
    """Say each difference as the table has it; one that has no row there is not told.

    In one place, what is told together comes first, in the table's order.

    Args:
        found: the differences, in their order.
        table: what ``table_of`` reads.
        words: what any sentence may name, beside ``was``, ``now``, ``path`` and ``name`` (its
            last part).
        kind_of: the kind of a difference, where the table tells more kinds than ``kind``.
    """

    def place(one: Difference) -> tuple[tuple[str, ...], str]:
        return one.path[:-1], _row_of(one.path, table)

    for (_, at), group in groupby(found, place):
        rows, block = table.get(at, {}), [(kind_of(one), one) for one in group]
        together = [kind for kind in rows if "each" in rows[kind]]
        parts = [(kind, [one for named, one in block if named == kind]) for kind in together]
        parts += [(kind, [one]) for kind, one in block if kind in rows and kind not in together]
        for kind, part in parts:
            if part:
                row, first = rows[kind], part[0]
                each = [row.get("each", "").format_map(_values(one)) for one in part]
                said = {**words, **_values(first), "all": row.get("joined_by", ", ").join(each)}
                yield Told(at, kind, first, row["says"].format_map(said), row)


def _values(one: Difference) -> dict[str, Any]:
    was, now = (str(x).lower() if isinstance(x, bool) else x for x in (one.old, one.new))
    return {"name": one.path[-1], "path": one.path, "was": was, "now": now}


def _row_of(path: tuple[str, ...], table: Table) -> str:
    """Give the first place of the table that a path is at, or nothing."""
    for at in table:
        parts = at.split(".")
        if len(parts) == len(path) and all(map(fnmatchcase, path, parts)):
            return at
    return ""
