"""A raw column for every canonical one, as far as labels and rows tell; writing it lives elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from data_contracts.errors import InputError
from transforms.draft.labels import ENOUGH, SHOWN, Candidate, candidates
from transforms.draft.shape import by_rows, texts, wanted, without_words
from transforms.read.files import describe, read_table
from transforms.read.table import Variable
from transforms.survey.codes import code_text

# One question may serve both; any other column serves one canonical column alone.
SHARED = (
    {"institutional_unit", "institutional_sector"},
    {"industry_isic4_2d", "economic_sector"},
    {"employer_social_contribution", "social_security"},
)
CODES_SHOWN = 60  # more distinct codes than this are no code list


@dataclass(frozen=True)
class Guess:
    """What was found for one canonical column.

    Attributes:
        column: the canonical column, or ``weight``, ``strata``, ``psu``, ``household``, ``person``.
        chosen: the raw column proposed, None where the signs are too weak.
        ranked: the likeliest candidates.
        unlabelled: codes of the chosen column that stand in the rows without a value label,
            where others have one; shortened to runs such as "1-9".
    """

    column: str
    chosen: Candidate | None
    ranked: tuple[Candidate, ...]
    unlabelled: tuple[str, ...] = ()


@dataclass(frozen=True)
class Draft:
    """Everything found in one file: its columns, rows counted, and a guess a canonical column.

    ``widest`` gives the number of digits of the longest code of a chosen column, ``encoding`` is
    what a person declared.
    """

    file: str
    rows: int
    variables: Mapping[str, Variable]
    guesses: Mapping[str, Guess]
    widest: Mapping[str, int]
    encoding: str | None = None


def draft(
    path: Path, codebook: Mapping[str, Variable] | None = None, encoding: str | None = None
) -> Draft:
    """Guess which raw column is which canonical one.

    Labels are read first; rows only of the few columns that may matter.

    Args:
        path: the data file, in any format that ``transforms.read.files`` reads.
        codebook: columns as a DDI codebook describes them; its words come before the file's own.
        encoding: of the text, where the file does not say it.

    Raises:
        InputError: the file cannot be read, or neither it nor a codebook names any column.
    """
    rows, own = describe(path, encoding)
    variables = {raw: _joined(one, (codebook or {}).get(raw)) for raw, one in own.items()}
    if not variables:
        raise InputError(
            "no column is described, neither in the file nor in a codebook",
            "give a codebook with --ddi, or a file with labels",
            file=path.name,
        )
    ranked = candidates(variables)
    worded = texts(ranked, variables)
    read = list(dict.fromkeys([*wanted(ranked), *worded]))
    # A statistical file is opened once for all: what labels alone would choose is read with it.
    frame = codes_of(path, sorted({*read, *_raws(_assigned(ranked))}), encoding)
    if read:
        ranked = without_words(by_rows(ranked, frame.select(read)), frame, worded)
    chosen = _assigned(ranked)
    late = codes_of(path, sorted(_raws(chosen).difference(frame.columns)), encoding)
    frame = pl.concat([frame, late], how="horizontal").select(sorted(_raws(chosen)))
    guesses = {
        name: Guess(name, chosen.get(name), tuple(many[:SHOWN]), _unlabelled(chosen.get(name), frame, variables))
        for name, many in ranked.items()
    }  # fmt: skip
    widest = {raw: int(frame[raw].str.len_chars().max() or 0) for raw in frame.columns}  # type: ignore[arg-type]
    return Draft(path.name, rows, variables, guesses, widest, encoding)


def _joined(own: Variable, told: Variable | None) -> Variable:
    if told is None:
        return own
    return Variable(
        own.name,
        told.label or own.label,
        own.kind,
        told.value_labels or own.value_labels,
        tuple(dict.fromkeys((*own.user_missing, *told.user_missing))),
    )


def codes_of(path: Path, names: list[str], encoding: str | None) -> pl.DataFrame:
    """Give some columns of a file as text codes, under lower-case names."""
    if not names:
        return pl.DataFrame()
    frame = read_table(path, names, encoding).frame
    return frame.select(
        code_text(frame[name]).alias(name.strip().lower()) for name in frame.columns
    )


def _raws(chosen: Mapping[str, Candidate]) -> set[str]:
    return {one.raw for one in chosen.values()}


def _assigned(ranked: Mapping[str, list[Candidate]]) -> dict[str, Candidate]:
    """Give each canonical column its best free candidate, the surest first."""
    chosen: dict[str, Candidate] = {}
    every = [(one, name) for name, many in ranked.items() for one in many if one.score >= ENOUGH]
    for one, name in sorted(every, key=lambda pair: -pair[0].score):
        others = {other for other, taken in chosen.items() if taken.raw == one.raw}
        if name not in chosen and all({name, other} in SHARED for other in others):
            chosen[name] = one
    return chosen


def _unlabelled(
    one: Candidate | None, frame: pl.DataFrame, variables: Mapping[str, Variable]
) -> tuple[str, ...]:
    if one is None or variables[one.raw].kind == "text" or not variables[one.raw].value_labels:
        return ()
    codes = frame[one.raw].drop_nulls().unique()
    bare = [code for code in codes if code not in variables[one.raw].value_labels]
    if len(bare) > CODES_SHOWN or not all(code.lstrip("-").isdigit() for code in bare):
        return ()
    return runs(sorted(map(int, bare)))


def runs(codes: list[int]) -> tuple[str, ...]:
    """Shorten sorted whole numbers to runs: 1, 2, 3, 7 become "1-3" and "7"."""
    found: list[tuple[int, int]] = []
    for code in codes:
        if found and code == found[-1][1] + 1:
            found[-1] = (found[-1][0], code)
        else:
            found.append((code, code))
    return tuple(f"{low}-{high}" if high > low else str(low) for low, high in found)
