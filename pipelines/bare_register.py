"""Checks a register's folder and compares two, in memory: nothing is stored and no value is told."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl

from analyses.quality.finding import FAILED
from analyses.quality.register import register_findings
from data_contracts.errors import InputError
from data_contracts.quality.rules import said_of
from data_contracts.registers.layout import RegisterLayout
from pipelines.bare_file import BARE_KEY, check_register_file
from pipelines.checks.engine_errors import quiet
from pipelines.figures.register import TABLES, read_register
from pipelines.figures.register_diff import Change, register_changes
from transforms.register.plausible import last_usual_month

ERROR, WARNING = "error", "warning"


@dataclass(frozen=True)
class FolderFinding:
    """One thing a check of a folder found: in which file, how grave, what, how many, where first."""

    file: str
    severity: str
    what: str
    rows: int | None = None
    first: str = ""
    refused: bool = False  # the file could not be read


@quiet
def check_folder(files: Mapping[str, Path], layout: RegisterLayout) -> list[FolderFinding]:
    """Check the register's files one by one as a run reads them, and then against each other.

    Args:
        files: members, contributions and employers by role.
        layout: the register's.

    Returns:
        Everything found, errors first within each file: what a reader refuses, broken promises of the
        contract, rows that a run would set aside (both errors of the file), and checks of the
        whole extract (quality/register.yaml) that fail, where every file could be read.
    """
    found: list[FolderFinding] = []
    last = _last_month(files, layout)
    for role in TABLES.values():
        found += _of_file(files[role], layout, role, last)
    if any(one.refused for one in found):
        return found
    try:
        frames, _ = read_register(files, layout, BARE_KEY)
    except InputError as error:
        return [*found, _refused(error, error.file or "")]
    return [*found, *_together(frames)]


@quiet
def compare_folders(
    old: Mapping[str, Path], new: Mapping[str, Path], layout: RegisterLayout
) -> list[Change]:
    """Give what changed between two extracts; both are read in memory with one key.

    Raises:
        InputError: a file of either breaks the layout.
    """
    before, after = (read_register(files, layout, BARE_KEY)[0] for files in (old, new))
    return register_changes(before, after)


def _last_month(files: Mapping[str, Path], layout: RegisterLayout) -> str | None:
    from pipelines.figures.register import read_register_file

    try:
        frame, _ = read_register_file("contributions", files["contributions"], layout, BARE_KEY)
    except InputError:  # told with the file itself
        return None
    return last_usual_month(frame)


def _of_file(
    path: Path, layout: RegisterLayout, role: str, last: str | None
) -> Iterator[FolderFinding]:
    try:
        report = check_register_file(path, layout, role, last)
    except InputError as error:
        yield _refused(error, path.name)
        return
    for failure in report.failures:
        what = f"{failure.column}: {failure.expectation.removeprefix('expect_').replace('_', ' ')}"
        yield FolderFinding(path.name, failure.severity, what, failure.unexpected, failure.place)
    if report.not_read:
        names = ", ".join(report.not_read[:10])
        yield FolderFinding(path.name, "note", f"columns not read: {names}", len(report.not_read))


def _refused(error: InputError, file: str) -> FolderFinding:
    column = f"{error.column}: " if error.column else ""
    first = f"row {error.row:,}" if error.row else ""
    what = f"{column}{error.rule}. {error.remedy}"
    return FolderFinding(error.file or file, ERROR, what, error.rows, first, refused=True)


def _together(frames: Mapping[str, pl.DataFrame]) -> Iterator[FolderFinding]:
    """Judge the tables against each other, as the run's audit does."""
    import ibis

    # No spill file: what is checked are persons.
    with duckdb.connect(config={"temp_directory": ""}) as connection:
        backend = ibis.duckdb.from_connection(connection)
        connection.execute("CREATE SCHEMA core")
        for name, frame in frames.items():
            connection.register("given", frame.to_arrow(compat_level=pl.CompatLevel.newest()))
            connection.execute(f"CREATE TABLE {name} AS FROM given")
            connection.unregister("given")

        def table(name: str) -> ibis.Table:
            schema, _, own = name.partition(".")
            return backend.table(own, database=("memory", schema))

        findings = register_findings(table)
    for one in findings:
        if one.status == FAILED:
            counts = one.failed, one.checked, one.measure, one.category
            found = said_of("register", one.check_id, one.statement, counts)
            yield FolderFinding("the whole extract", one.severity, found, one.failed)
