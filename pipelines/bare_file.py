"""Checks a bare file against a contract, in memory: nothing is stored and no value is told."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import polars as pl

from data_contracts.contract.find import load
from data_contracts.contract.register_contract import register_contract
from data_contracts.contract.shapes import Contract, ContractColumn
from data_contracts.contract.survey_contract import incoming_contract
from data_contracts.errors import InputError
from data_contracts.profile.profile import Profile
from data_contracts.registers.layout import RegisterLayout
from pipelines.checks.checks import Failure, verify
from pipelines.checks.engine_errors import quiet
from pipelines.warehouse.conform import conformed
from transforms.read.files import describe, read_table
from transforms.read.headers import found_columns
from transforms.read.layout import PLACE
from transforms.read.values import numbers
from transforms.register.canonical import canonical
from transforms.register.plausible import SetAside, set_aside
from transforms.survey.codes import code_text
from transforms.survey.geography import province_code
from transforms.survey.harmonise import harmonise

BARE_KEY = b"for a check in memory; no hash is kept"


@dataclass(frozen=True)
class FileReport:
    """What came of checking one file: counts and names of columns alone.

    ``not_read`` are the columns that an incoming file holds beyond those of its contract.
    """

    file: str
    contract: Contract
    rows: int
    evaluated: int
    failures: tuple[Failure, ...]
    not_read: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether no failure is an error; a warning alone does not fail a file."""
        return all(failure.severity != "error" for failure in self.failures)


@quiet
def check_file(path: Path, contract: Contract) -> FileReport:
    """Check a file against the contract of a warehouse table: its columns and no others.

    Args:
        path: a file that ``transforms.read.files`` opens.
        contract: what the file has to keep.

    Raises:
        InputError: the file cannot be read, or a column is missing or one too many.
        EngineError: an engine failed; never holds a value.
    """
    frame = read_table(path).frame
    evaluated, failures = _checked(frame, contract)
    return FileReport(path.name, contract, frame.height, evaluated, tuple(failures), ())


@quiet
def check_survey_file(path: Path, profile: Profile) -> FileReport:
    """Check a survey's file against the contract that its profile makes.

    Columns are found by name, in any order and case; further columns are named and not read.
    Codes, numbers and provinces are read as the harmoniser reads them: 1, 1.0 and "01" are one
    code. A file that keeps the contract is then harmonised, and what that refuses is one failure.

    Args:
        path: a file that ``transforms.read.files`` opens.
        profile: the survey's profile, with its settings.

    Raises:
        InputError: the file cannot be read, or a promised column is not there.
        EngineError: an engine failed; never holds a value.
    """
    contract, encoding = incoming_contract(profile), profile.encoding
    held = list(describe(path, encoding)[1])
    _refuse_missing(contract, held, path.name)
    frame = read_table(path, contract.column_names, encoding).frame
    frame = frame.rename({name: name.strip().lower() for name in frame.columns})
    read, unreadable = _as_read(frame, contract, profile)
    evaluated, failures = _checked(read, contract)
    told = {failure.column for failure in unreadable}
    failures = [*unreadable, *(one for one in failures if one.column not in told)]
    if not failures:
        try:
            harmonise(profile, frame, path.name)
        except InputError as error:
            failures = [_failure(error, error.column or "*")]
    not_read = tuple(name for name in held if name not in set(contract.column_names))
    return FileReport(path.name, contract, read.height, evaluated, tuple(failures), not_read)


@quiet
def check_register_file(
    path: Path, layout: RegisterLayout, role: str, last: str | None = None
) -> FileReport:
    """Check a delivered file of the register against its layout.

    The file is read as a run reads it, so its first unreadable value is refused by the reader;
    what it becomes is then checked as the warehouse checks it. Failures name the file's columns.

    Args:
        path: a flat file, or the workbook that the layout describes.
        layout: the register's layout.
        role: which of its tables the file is.
        last: the register's last month, after which dates of members cannot lie.

    Raises:
        InputError: the file cannot be read, a column is missing, or a value breaks its rule.
        EngineError: an engine failed; never holds a value.
    """
    table = layout.tables[role]
    raw = read_table(path, layout=table.format).frame
    headers = [name for name in raw.columns if name != PLACE]
    found = found_columns(headers, table, path.name)
    read = [
        found[name] for name in found if getattr(table.columns.get(name), "treat", "") != "drop"
    ]
    frame, aside = set_aside(
        role, canonical(role, raw, layout, BARE_KEY, path.name), path.name, last
    )
    evaluated, failures = _checked(frame, load(table.table))
    failures += [_implausible(one) for one in aside]
    names = {rule.to: name for name, rule in table.columns.items() if rule.to}
    told = [
        replace(
            one,
            column=", ".join(names.get(name, name) for name in one.column.split(", ")),
            # The records of a workbook are not its rows, nor those of a table of several measures.
            place="" if PLACE in raw.columns or table.measures else one.place,
        )
        for one in failures
    ]
    not_read = tuple(name for name in headers if name not in read)
    contract = register_contract(layout, role)
    return FileReport(path.name, contract, raw.height, evaluated, tuple(told), not_read)


def _refuse_missing(contract: Contract, held: Sequence[str], file: str) -> None:
    missing = [name for name in contract.column_names if name not in held]
    if missing:
        raise InputError(
            f"{len(missing)} of {len(contract.columns)} promised columns are missing",
            "check that this is the right file, or set the columns' names in the profile or its "
            "settings",
            file=file,
            column=", ".join(missing),
        )


def _implausible(one: SetAside) -> Failure:
    """Give what a run would set aside as a failure of the file."""
    return Failure(one.rule, one.column, one.rows, place=f"row {one.first:,}")


def _failure(error: InputError, column: str) -> Failure:
    """Give what a reader refused as one failure of a column."""
    place = f"row {error.row:,}" if error.row else ""
    return Failure(error.rule, column, error.rows or 1, place=place)


def _as_read(
    frame: pl.DataFrame, contract: Contract, profile: Profile
) -> tuple[pl.DataFrame, list[Failure]]:
    """Give a survey's columns as the harmoniser reads them; an unreadable one is left blank."""
    columns, failures = [], []
    for column in contract.columns:
        values = frame[column.name]
        try:
            columns.append(_read(values, column, profile))
        except InputError as error:
            columns.append(pl.Series(column.name, [None] * frame.height, pl.String))
            failures.append(_failure(error, column.name))
    read = pl.DataFrame(columns)
    if contract.primary_key:
        *household, person = contract.primary_key
        running = (pl.int_range(pl.len()).over(household) + 1).cast(pl.String)
        read = read.with_columns(pl.col(person).fill_null(pl.lit("b") + running))
    return read, failures


def _read(values: pl.Series, column: ContractColumn, profile: Profile) -> pl.Series:
    file, name = profile.survey_id, column.name
    if column.type == "DOUBLE":
        return numbers(values, file=file, column=name, decimal=_decimal(profile, name))
    codes, rule = code_text(values), profile.columns.get("admin1_code")
    province = rule.from_ if rule is not None else None
    if profile.ref_area == "LAO" and province and profile.resolve(province) == name:
        return province_code(codes, date=str(profile.reference_year), file=file, column=name)
    return codes


def _decimal(profile: Profile, raw: str) -> str | None:
    """Give the sign that begins decimals in a raw column, where the profile says it."""
    design = profile.design
    if profile.resolve(design.weight) == raw:
        return design.weight_decimal
    signs = (
        rule.decimal
        for rule in profile.columns.values()
        if rule.decimal is not None and profile.resolve(rule.from_ or "") == raw
    )
    return next(signs, None)


def _checked(frame: pl.DataFrame, contract: Contract) -> tuple[int, list[Failure]]:
    """Bring the rows to the contract's types and evaluate every check.

    A column with a value that its type cannot hold fails once, for that; it is blank for the rest.
    """
    # No spill file: what is checked may be persons, and only the vault's are encrypted.
    with duckdb.connect(config={"temp_directory": ""}) as connection:
        connection.register("delivered", frame.to_arrow(compat_level=pl.CompatLevel.newest()))
        connection.execute("CREATE TABLE held AS FROM delivered")
        misfits = _blank_misfits(connection, contract)
        connection.execute(f"CREATE TABLE made AS {conformed(connection, 'held', contract)}")
        report = verify(connection, "memory.main.made", contract, rows_named=True)
    told = {failure.column for failure in misfits}
    rest = [failure for failure in report.failures if failure.column not in told]
    return report.evaluated + len(contract.columns), [*misfits, *rest]


def _blank_misfits(connection: duckdb.DuckDBPyConnection, contract: Contract) -> list[Failure]:
    """Empty each column with a value that does not fit its type, and tell how many there were."""
    misfits: list[Failure] = []
    while True:
        try:
            conformed(connection, "held", contract)
        except InputError as error:
            if error.rows is None or error.column is None:
                raise
            misfits.append(_failure(error, error.column))
            connection.execute(f'UPDATE held SET "{error.column}" = NULL')
        else:
            return misfits
