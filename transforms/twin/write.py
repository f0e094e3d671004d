"""Write the twin as the messy files that would land; what the files hold is decided elsewhere."""

import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

import polars as pl
import pyreadstat
import xlsxwriter

from data_contracts.discreet import Discreet
from transforms.twin import labels
from transforms.twin.errors import Errors
from transforms.twin.margins import margins_met
from transforms.twin.population import population
from transforms.twin.register import Register, register
from transforms.twin.survey import draw_survey
from transforms.twin.survey_2010 import draw_survey_2010
from transforms.twin.truth import truth
from transforms.twin.truth_coverage import truth_coverage

STAMP: Final = datetime(2018, 6, 25, tzinfo=UTC)
SURVEY_FILE: Final = "LAO_LFS_2017_M3_25062018"


@dataclass(frozen=True, repr=False)
class TwinReport(Discreet):
    """What was written.

    Attributes:
        folder: where.
        scale: share of the real size.
        seed: what everything was drawn from.
        persons: persons in the population.
        rows: rows of each file, by its path within the folder.
        sha256: digest of each file, by its path within the folder; equal for equal arguments.
        margins: published margins of 2017 beside the twin's, as ``margins_met`` gives them.
    """

    folder: Path
    scale: float
    seed: int
    persons: int
    rows: dict[str, int]
    sha256: dict[str, str]
    margins: pl.DataFrame


def write_twin(
    folder: Path,
    scale: float,
    seed: int,
    on_progress: Callable[[str], None] | None = None,
    errors: Errors | None = None,
) -> TwinReport:
    """Write survey files of 2017 and 2010, the register and the truth under ``folder``.

    The same scale, seed and errors give the same bytes in every file: no clock is read, and the dates
    that the Stata and SPSS writers stamp are replaced.

    Args:
        folder: the landing folder; made if absent, files of an earlier twin are replaced.
        scale: 1.0 is 6.9 million persons and 10,800 sampled households.
        seed: any whole number from 0.
        on_progress: called with one short sentence before each step.
        errors: the errors planted in register and survey; the defaults where not given.

    Raises:
        InputError: the scale is not above 0.
    """
    say = on_progress if on_progress is not None else _silent
    rows: dict[str, int] = {}

    def place(name: str, table: pl.DataFrame) -> Path:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        rows[name] = table.height
        return path

    say("drawing the population")
    people = population(scale, seed)
    say("drawing and writing the 2017 survey")
    wave = draw_survey(people, seed, errors)
    names, codes = labels.COLUMNS_2017, labels.VALUES_2017
    note = f"{labels.NOTE}; scale={scale:.15g}"
    write_stata(wave, place(f"LAO_2017_LFS/{SURVEY_FILE}.dta", wave), names, codes, note)
    write_spss(wave, place(f"LAO_2017_LFS_sav/{SURVEY_FILE}.sav", wave), names, codes, note)
    say("drawing and writing the 2010 survey")
    wave = draw_survey_2010(people, seed)
    names, codes = labels.COLUMNS_2010, labels.VALUES_2010
    write_stata(wave, place("LAO_2010_LFS/LAO_LFS_2010.dta", wave), names, codes, note)
    say("drawing the register")
    book = register(people, seed, errors)
    say("computing the truth")
    facts = truth(people, book, errors)
    cover = truth_coverage(people, book, errors)
    persons = len(people.person["pid"])
    margins = margins_met(people)
    del people
    say("writing the register and the truth")
    book.members.write_csv(place("LSSO/members.csv", book.members))
    book.contributions.write_parquet(
        place("LSSO/contributions.parquet", book.contributions),
        compression="zstd",
        row_group_size=262_144,
        metadata={"label": labels.NOTE},
    )
    _write_employers(book, place("LSSO/employers.xlsx", book.employers))
    facts.write_csv(place("truth.csv", facts))
    cover.write_csv(place("truth_coverage.csv", cover))
    digest = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in rows}
    return TwinReport(folder, scale, seed, persons, rows, digest, margins)


def _silent(_: str) -> None:
    """Say nothing."""


def write_stata(
    table: pl.DataFrame,
    path: Path,
    names: dict[str, str],
    codes: dict[str, dict[int, str]],
    note: str = labels.NOTE,
) -> None:
    """Write a .dta file (format 118) whose bytes depend on the table alone."""
    pyreadstat.write_dta(
        _plain(table),
        path,
        file_label=note,
        column_labels=names,
        variable_value_labels=codes,
        version=14,
    )
    # Format 118: <timestamp> holds a length byte and 17 characters, "dd Mon yyyy hh:mm".
    _stamp(path, b"<timestamp>", 1, f"{STAMP:%d} Jun {STAMP:%Y %H:%M}".encode())


def write_spss(
    table: pl.DataFrame,
    path: Path,
    names: dict[str, str],
    codes: dict[str, dict[int, str]],
    note: str = labels.NOTE,
) -> None:
    """Write a .sav file, rows compressed, whose bytes depend on the table alone."""
    pyreadstat.write_sav(
        _plain(table),
        path,
        file_label=note,
        column_labels=names,
        variable_value_labels=codes,
        row_compress=True,
    )
    # The header's creation date and time stand at bytes 92 to 108: "dd Mon yy" and "hh:mm:ss".
    _stamp(path, b"$FL2", 88, f"{STAMP:%d} Jun {STAMP:%y%H:%M:%S}".encode())


def _plain(table: pl.DataFrame) -> pl.DataFrame:
    """Turn whole numbers into the types that both writers know; text blanks become empty."""
    small = (pl.Int8, pl.Int16, pl.Int64)
    return table.with_columns(
        *(
            pl.col(k).cast(pl.Float64)
            for k, kind in table.schema.items()
            if kind in small or kind == pl.Int32
        ),
        *(pl.col(k).fill_null("") for k, kind in table.schema.items() if kind == pl.String),
    )


def _stamp(path: Path, mark: bytes, skip: int, text: bytes) -> None:
    """Overwrite the file's own time stamp, ``skip`` bytes after ``mark`` in its header."""
    with path.open("r+b") as file:
        head = file.read(4096)
        file.seek(head.index(mark) + len(mark) + skip)
        file.write(text)


def _write_employers(book: Register, path: Path) -> None:
    """Write the employers as a workbook with a fixed creation date."""
    memory = io.BytesIO()
    with xlsxwriter.Workbook(memory, {"in_memory": True}) as workbook:
        workbook.set_properties({"created": STAMP.replace(tzinfo=None), "comments": labels.NOTE})
        sheet = workbook.add_worksheet("employers")
        day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, book.employers.columns)
        for row, values in enumerate(book.employers.iter_rows(), start=1):
            for column, value in enumerate(values):
                if isinstance(value, date):
                    sheet.write_datetime(row, column, value, day)
                else:
                    sheet.write(row, column, value)
    path.write_bytes(memory.getvalue())
