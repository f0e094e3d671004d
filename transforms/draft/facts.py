"""What the rows of chosen columns settle for a draft: lengths of codes, ages asked, lonely strata; no value is told."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from data_contracts.code_lists import Scheme, schemes
from data_contracts.profile.lexicon import means_no_number, recognise
from transforms.draft.labels import Candidate
from transforms.read.table import Variable
from transforms.survey.classified import ENOUGH_ROWS, misfits

CODES_SHOWN: Final = 60  # more distinct codes than this are no code list
YOUNG: Final = 0.99  # of the blanks are below the age from which the rest answers
NEWER: Final = 0.02  # of the codes that can tell are of the newer edition alone
STRANGE: Final = 0.02  # of the rows may hold codes that are none of the classification
WIDEST: Final = 4
# Numbers that stand for no code where they are none of the classification.
SENTINELS: Final = (
    "-9", "-1", "0", "97", "98", "99", "997", "998", "999", "9997", "9998", "9999", "99999",
)  # fmt: skip


@dataclass(frozen=True)
class Digits:
    """How long a column's codes of a classification are.

    Attributes:
        digits: of the longest.
        sure: whether enough rows say so, and of the edition meant.
        missing: codes in the rows that are none of it and stand for no answer.
    """

    digits: int
    sure: bool
    missing: tuple[str, ...] = ()


def digits_of(column: str, codes: pl.Series, variable: Variable | None = None) -> Digits | None:
    """Find the number of digits at which a column's codes are the classification's; None at none.

    Args:
        column: ``industry_isic4_2d`` or ``occupation_major``.
        codes: codes as text without leading zeros.
        variable: the column's labels, which may name codes that stand for no answer.
    """
    scheme = schemes()[column]
    labels = variable.value_labels if variable is not None else {}
    named = {code for code, label in labels.items() if means_no_number(label)}
    present = {*codes.drop_nulls().unique()} & {*SENTINELS, *named}
    widest = int(codes.filter(~codes.is_in(list(present))).str.len_chars().max() or 0)  # type: ignore[arg-type]
    for digits in range(max(widest, 1), min(widest + 1, WIDEST) + 1):
        fits = re.compile(scheme.pattern(digits)).fullmatch
        missing = tuple(sorted(code for code in present if code in named or not fits(code)))
        kept = codes.set(codes.is_in(list(missing)).fill_null(value=False), None)
        if kept.null_count() == len(kept):
            continue
        misfit = next(misfits(scheme, kept, kept, digits), None)
        if misfit is None:
            return Digits(digits, _sure(scheme, kept, digits), missing)
        # A few codes of a country's own do not make it another column: a person is asked.
        if misfit.rows.sum() <= STRANGE * len(kept.drop_nulls()):
            return Digits(digits, sure=False, missing=missing)
    return None


def _sure(scheme: Scheme, codes: pl.Series, digits: int) -> bool:
    known = codes.drop_nulls().str.zfill(digits)
    if len(known) < ENOUGH_ROWS:
        return False
    if digits == 1:
        return True
    counts = known.str.slice(0, 2).value_counts().iter_rows()
    newer, told = scheme.newer(dict(counts))
    return told > 0 and newer / told >= NEWER


def asked_from(
    chosen: Mapping[str, Candidate], variables: Mapping[str, Variable], frame: pl.DataFrame
) -> int | None:
    """Give the lowest age at which the activity question has an answer; None where it is not known."""
    answers = _activity(chosen, variables, frame)
    if answers is None or "age" not in chosen:
        return None
    ages = frame[chosen["age"].raw].cast(pl.Float64, strict=False).filter(answers)
    lowest = ages.min()
    return None if lowest is None else int(lowest)  # type: ignore[arg-type]


def _activity(
    chosen: Mapping[str, Candidate], variables: Mapping[str, Variable], frame: pl.DataFrame
) -> pl.Series | None:
    """Tell rows that answer about their activity; a code for "below working age" is no answer."""
    for column in ("lfs_status_given", "worked_for_pay"):
        if column in chosen:
            raw = chosen[column].raw
            labels = variables[raw].value_labels
            young = [
                c for c, said in labels.items() if recognise(column, said) == "below_working_age"
            ]
            return frame[raw].is_not_null() & ~frame[raw].is_in(young).fill_null(value=True)
    return None


def blank_is_young(chosen: Mapping[str, Candidate], frame: pl.DataFrame, lowest: int) -> bool:
    """Tell whether who has no labour-force status is below the age from which others have one."""
    if "age" not in chosen or "lfs_status_given" not in chosen:
        return False
    ages = frame[chosen["age"].raw].cast(pl.Float64, strict=False)
    blank = ages.filter(frame[chosen["lfs_status_given"].raw].is_null())
    return len(blank) > 0 and float((blank < lowest).mean() or 0) >= YOUNG  # type: ignore[arg-type]


def lonely_strata(chosen: Mapping[str, Candidate], frame: pl.DataFrame) -> tuple[str, ...]:
    """Name the strata with one sampling unit, whose variance cannot be estimated."""
    if "strata" not in chosen or "psu" not in chosen:
        return ()
    strata, psu = (pl.col(chosen[name].raw) for name in ("strata", "psu"))
    units = frame.group_by(strata.alias("strata")).agg(psu.n_unique().alias("units"))
    alone = units.filter(pl.col("units") == 1)["strata"].drop_nulls()
    return tuple(alone.sort().to_list())


def short_codes(codes: pl.Series) -> tuple[str, ...]:
    """Give a column's distinct codes where they are a list of short numbers, else nothing."""
    distinct = codes.drop_nulls().unique().to_list()
    if len(distinct) > CODES_SHOWN or not all(
        re.fullmatch(r"-?\d{1,4}", code) for code in distinct
    ):
        return ()
    return tuple(sorted(distinct, key=int))


def words_as_labels(column: str, codes: pl.Series) -> dict[str, str]:
    """Take words in the rows of a text column for its labels, as far as the lexicon knows them.

    Only words of the lexicon leave the file: an answer in a person's own words is never told.
    """
    distinct = codes.drop_nulls().unique().to_list()
    if len(distinct) > CODES_SHOWN:
        return {}
    known = {one: one for one in sorted(distinct) if recognise(column, one)}
    return known if len(known) > 1 else {}
