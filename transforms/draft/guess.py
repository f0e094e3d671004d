"""A raw column for every canonical one, as far as labels and rows tell; writing it lives elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from data_contracts.code_lists import schemes
from data_contracts.errors import InputError
from data_contracts.profile.lexicon import lexicon
from transforms.draft.facts import (
    CODES_SHOWN,
    Digits,
    asked_from,
    blank_is_young,
    digits_of,
    lonely_strata,
    short_codes,
    words_as_labels,
)
from transforms.draft.labels import ENOUGH, SHOWN, Candidate, candidates, says_nothing
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
WORKING_AGE = 15
WEAK = 0.2  # signs below this are not shown as a rule


@dataclass(frozen=True)
class Guess:
    """What was found for one canonical column.

    Attributes:
        column: the canonical column, or ``weight``, ``strata``, ``psu``, ``household``, ``person``.
        chosen: the raw column proposed, None where the signs are too weak.
        ranked: the likeliest candidates.
        unlabelled: codes of the chosen column, or of the one offered, that stand in the rows without a value label,
            where others have one; shortened to runs such as "1-9".
        codes: the distinct codes of the chosen column, where they are a list of short numbers.
        blanks: whether the chosen column has blanks.
    """

    column: str
    chosen: Candidate | None
    ranked: tuple[Candidate, ...]
    unlabelled: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    blanks: bool = False


@dataclass(frozen=True)
class Draft:
    """Everything found in one file: its columns, rows counted, and a guess a canonical column.

    Attributes:
        file: its name.
        rows: how many it has.
        variables: its columns by lower-case name; words in its rows stand as labels where the
            lexicon knows them and the file labels nothing.
        guesses: by canonical column.
        offered: the first candidate of a column that nothing was chosen for, where it has signs.
        digits: of the codes of classifications, by raw column.
        encoding: of its text, as a person declared it.
        asked_from: the lowest age that answers about activity.
        blank_young: whether who has no labour-force status is below that age.
        lonely: strata with one sampling unit.
    """

    file: str
    rows: int
    variables: Mapping[str, Variable]
    guesses: Mapping[str, Guess]
    offered: Mapping[str, Candidate] = field(default_factory=dict)
    digits: Mapping[str, Digits] = field(default_factory=dict)
    encoding: str | None = None
    asked_from: int | None = None
    blank_young: bool = False
    lonely: tuple[str, ...] = ()


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
    silent = says_nothing(variables)
    ranked = candidates(variables, silent=silent)
    worded = texts(ranked, variables)
    read = list(dict.fromkeys([*wanted(ranked), *worded]))
    # A statistical file is opened once for all: what labels alone would choose is read with it.
    frame = codes_of(path, sorted({*read, *_raws(_assigned(ranked))}), encoding)
    told = _labelled_by_words(ranked, variables, frame, worded)
    if told:
        variables |= told
        ranked = candidates(variables, silent=silent)
        worded = [raw for raw in worded if raw not in told]
    if read:
        ranked = without_words(by_rows(ranked, frame, variables), frame, worded)
    chosen = _assigned(ranked)
    offered = _offered(ranked, chosen)
    near = {**offered, **chosen}
    late = codes_of(path, sorted(_raws(near).difference(frame.columns)), encoding)
    frame = pl.concat([frame, late], how="horizontal").select(sorted(_raws(near)))
    guesses = {
        name: _guess(name, chosen.get(name), offered.get(name), many, frame, variables)
        for name, many in ranked.items()
    }
    lowest = asked_from(near, variables, frame)
    return Draft(
        path.name, rows, variables, guesses, offered, _digits(near, frame, variables), encoding,
        lowest, blank_is_young(near, frame, max(lowest or 0, WORKING_AGE)),
        lonely_strata(chosen, frame),
    )  # fmt: skip


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


def _labelled_by_words(
    ranked: Mapping[str, list[Candidate]],
    variables: Mapping[str, Variable],
    frame: pl.DataFrame,
    worded: list[str],
) -> dict[str, Variable]:
    """Give text columns whose rows hold words of the lexicon ("Male", "rural") those words as labels."""
    found: dict[str, Variable] = {}
    for column, many in ranked.items():
        for one in many[:2]:
            if one.raw in worded and lexicon()[column].kind in {"coded", "yes_no"}:
                labels = words_as_labels(column, frame[one.raw])
                if len(labels) > len(found[one.raw].value_labels if one.raw in found else {}):
                    found[one.raw] = replace(variables[one.raw], value_labels=labels)
    return found


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


def _offered(
    ranked: Mapping[str, list[Candidate]], chosen: Mapping[str, Candidate]
) -> dict[str, Candidate]:
    """Give the first candidate of each column that has none, for a person to take or leave."""
    taken = _raws(chosen)
    free = {
        name: next((one for one in many if one.raw not in taken), None)
        for name, many in ranked.items() if name not in chosen
    }  # fmt: skip
    return {name: one for name, one in free.items() if one is not None and one.score >= WEAK}


def _guess(
    name: str,
    chosen: Candidate | None,
    offered: Candidate | None,
    ranked: list[Candidate],
    frame: pl.DataFrame,
    variables: Mapping[str, Variable],
) -> Guess:
    one = chosen or offered
    if one is None:
        return Guess(name, None, tuple(ranked[:SHOWN]))
    codes = frame[one.raw]
    return Guess(
        name, chosen, tuple(ranked[:SHOWN]), _unlabelled(codes, variables[one.raw]),
        short_codes(codes), bool(codes.null_count()),
    )  # fmt: skip


def _digits(
    chosen: Mapping[str, Candidate], frame: pl.DataFrame, variables: Mapping[str, Variable]
) -> dict[str, Digits]:
    found = {}
    for column in schemes():
        if column in chosen:
            raw = chosen[column].raw
            digits = digits_of(column, frame[raw], variables[raw])
            if digits is not None:
                found[raw] = digits
    return found


def _unlabelled(codes: pl.Series, variable: Variable) -> tuple[str, ...]:
    if variable.kind == "text" or not variable.value_labels:
        return ()
    bare = [code for code in codes.drop_nulls().unique() if code not in variable.value_labels]
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
