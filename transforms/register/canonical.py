"""Register files as delivered -> canonical register tables; identifiers become keyed hashes here.

What is kept of each column, and under which headers it arrives, is data: data_contracts/registers.
"""

import hashlib
from collections.abc import Callable, Mapping
from functools import partial

import polars as pl

from data_contracts.contract.find import load
from data_contracts.errors import InputError
from data_contracts.registers.layout import LayoutColumn, RegisterLayout, TableLayout
from transforms.read.cells import each_once, tidy
from transforms.read.headers import found_columns
from transforms.read.lao import fold
from transforms.read.layout import PLACE
from transforms.read.values import suppressed
from transforms.register.columns import (
    Place,
    birth_days,
    identifiers,
    plain,
    refuse_rows,
    spelt_alike,
)
from transforms.survey.geography import district_code


def keyed_hash(key: bytes) -> Callable[[str], str]:
    """Give the function that turns one text into its keyed BLAKE2b hash (64 bits, hexadecimal)."""
    begun = hashlib.blake2b(key=key[:64], digest_size=8)

    def hashed(text: str) -> str:
        one = begun.copy()  # the key is worked in once
        one.update(text.encode())
        return one.hexdigest()

    return hashed


def keyed_hashes(values: pl.Series, key: bytes) -> pl.Series:
    """Replace identifiers by their keyed hashes; blanks stay null.

    Without the key nobody can tell which number a hash stands for; with it the same number
    gives the same hash, so tables still join.
    """
    hashed = keyed_hash(key)
    texts = values.cast(pl.String).str.strip_chars().replace("", None)
    hashes = [None if text is None else hashed(text) for text in texts]
    return pl.Series(values.name, hashes, pl.String)


def canonical(
    role: str, raw: pl.DataFrame, layout: RegisterLayout, key: bytes, file: str
) -> pl.DataFrame:
    """Give one canonical register table; whatever the layout does not keep stays behind.

    Args:
        role: members, contributions, employers or aggregate.
        raw: the file as delivered, one column a header.
        layout: the register's layout.
        key: of the hashes; kept outside the warehouse.
        file: the file's name, for messages.

    Returns:
        The columns of the role's contract. Identifiers, names and phones are keyed hashes, a birth
        date is a year and a keyed hash; addresses and columns that the layout does not know are
        not there.

    Raises:
        InputError: a column is missing or a value breaks its rule; never with the value.
    """
    table = layout.tables.get(role)
    if table is None:
        raise InputError(
            f"the layout {layout.name} has no table of {role}", "choose a layout that has one"
        )
    found = found_columns(_headers(raw), table, file)
    try:
        kept = _kept(role, raw, table, found, key, file)
        if table.measures:
            kept = _counts(raw, table, found, kept, file)
    except InputError as error:
        raise _placed(error, raw, file) from None
    return _as_promised(kept, table, file)


def unknown_columns(role: str, raw: pl.DataFrame, layout: RegisterLayout, file: str) -> int:
    """Count the columns of a file that the layout does not know, and that are therefore dropped."""
    found = found_columns(_headers(raw), layout.tables[role], file)
    return len(_headers(raw)) - len(found)


def _headers(raw: pl.DataFrame) -> list[str]:
    return [name for name in raw.columns if name != PLACE]


def _kept(
    role: str,
    raw: pl.DataFrame,
    table: TableLayout,
    found: Mapping[str, str],
    key: bytes,
    file: str,
) -> pl.DataFrame:
    """Read every column that the layout keeps something of, under its canonical name."""
    kept: dict[str, pl.Series] = {}
    for name, rule in table.columns.items():
        if rule.treat == "drop" or name not in found:
            continue
        column = found[name]
        at: Place = {"file": file, "column": " ".join(column.split())}
        if rule.kind == "district" and rule.treat != "hash":
            province = kept.get("admin1_code", pl.Series([None] * raw.height, dtype=pl.String))
            values = _filled(raw[column], rule, at)
            kept[rule.to] = district_code(values, province=province, date=None, **at)
            continue
        read = partial(_read, role=role, rule=rule, at=at, key=key)
        kept |= read(raw[column]) if rule.unique else each_once(raw[column], read)
    return pl.DataFrame([values.alias(to) for to, values in kept.items()])


def _filled(values: pl.Series, rule: LayoutColumn, at: Place) -> pl.Series:
    """Give a column with the layout's words for "missing" blank, refusing blanks where it must."""
    if rule.missing:
        blank = [fold(text) for text in rule.missing]
        is_blank = tidy(values).str.to_lowercase().is_in(blank).fill_null(value=False)
        values = values.zip_with(~is_blank, pl.Series([None], dtype=values.dtype))
    if rule.filled:
        empty = tidy(values).is_null() if values.dtype == pl.String else values.is_null()
        refuse_rows(empty, "a cell is blank that must be filled", **at)
    return values


def _read(
    values: pl.Series, *, role: str, rule: LayoutColumn, at: Place, key: bytes
) -> dict[str, pl.Series]:
    """Give what the layout keeps of one column, by canonical name."""
    values = _filled(values, rule, at)
    if rule.unique:
        what = f"{'an' if role[0] in 'aeiou' else 'a'} {role.removesuffix('s')} number"
        repeated = tidy(values).is_duplicated() & values.is_not_null()
        refuse_rows(repeated, f"{what} stands twice", **at)
    read = {}
    if rule.hash_to:
        read[rule.hash_to] = keyed_hashes(birth_days(values, rule, at), key)
    if rule.treat == "hash":
        is_number = rule.kind == "identifier"
        texts = identifiers(values, rule, at) if is_number else spelt_alike(values, rule.kind)
        read[rule.to] = keyed_hashes(texts, key)
    else:
        read[rule.to] = plain(values, rule, at)
    return read


def _counts(
    raw: pl.DataFrame,
    table: TableLayout,
    found: Mapping[str, str],
    kept: pl.DataFrame,
    file: str,
) -> pl.DataFrame:
    """Turn columns of counts into rows: one a record and measure, with what a withheld count allows."""
    parts = []
    for measure in table.measures:
        header = found.get(measure.names[0])
        if header is None:
            continue
        shown = " ".join(header.split())
        counts = suppressed(raw[header], file=file, column=shown, **measure.options)
        fixed = [pl.lit(code).alias(to) for to, code in measure.where.items()]
        part = pl.concat([kept, counts], how="horizontal")
        parts.append(part.with_columns(*fixed, pl.lit(measure.measure).alias("measure")))
    return pl.concat(parts)


def _as_promised(kept: pl.DataFrame, table: TableLayout, file: str) -> pl.DataFrame:
    """Give the contract's columns in its order and types; whole kip are rounded."""
    columns = []
    for name, dtype in load(table.table).polars_schema().items():
        if name not in kept.columns:
            columns.append(pl.Series(name, [None] * kept.height, dtype))
            continue
        values = kept[name]
        rounded = values.round() if dtype.is_integer() and values.dtype.is_float() else values
        typed = rounded.cast(dtype, strict=False)
        refuse_rows(typed.is_null() & values.is_not_null(),
                    "a number is larger than the column can hold", file=file, column=name)  # fmt: skip
        columns.append(typed)
    return pl.DataFrame(columns)


def _placed(error: InputError, raw: pl.DataFrame, file: str) -> InputError:
    """Name the sheet and row of a workbook's record instead of its place among all records."""
    if PLACE not in raw.columns or error.row is None:
        return error
    return InputError(
        error.rule, error.remedy, file=f"{file}, {raw[PLACE][error.row - 1]}",
        column=error.column, rows=error.rows,
    )  # fmt: skip
