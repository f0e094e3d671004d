"""A profile held against a file, column by column: everything that does not fit, counted, not raised."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from data_contracts.profile.lexicon import contradictions
from data_contracts.profile.profile import Profile
from data_contracts.profile.rule import ProfileRule
from transforms.read.ddi import CodebookVariable
from transforms.read.table import Variable
from transforms.survey.codes import code_text

MAPS, NOT_ASKED, NOT_CHECKED = "maps", "not asked", "not checked"
MISSING, UNKNOWN, CONTRADICTED, BAD = (
    "column missing", "unknown codes", "labels contradict", "does not fit",
)  # fmt: skip
WRONG = {MISSING, UNKNOWN, CONTRADICTED, BAD}
CODES_NAMED = 10
WITHOUT = {
    "person": "rows are numbered within the household",
    "strata": "one stratum",
    "psu": "each household counts as a sampling unit",
}


@dataclass(frozen=True)
class Finding:
    """One line of the check: a canonical column (or key, or part of the design) and how it fares.

    ``rows`` counts the rows concerned, 0 where no rows are.
    """

    column: str
    raw: tuple[str, ...]
    status: str
    detail: str = ""
    rows: int = 0


def design_names(profile: Profile) -> dict[str, list[str]]:
    """Give the raw columns of the keys and of the design, by role."""
    keys = profile.keys
    roles: dict[str, Sequence[str]] = {
        "household": keys.household,
        "person": [] if keys.person is None else [keys.person],
        "strata": profile.strata,
        "psu": profile.psu,
        "weight": [profile.design.weight],
    }
    return {role: [profile.resolve(name) for name in names] for role, names in roles.items()}


def check(
    profile: Profile,
    variables: Mapping[str, Variable],
    frame: pl.DataFrame | None,
) -> list[Finding]:
    """Hold a profile against a file.

    Args:
        profile: the wave's profile.
        variables: the file's columns by lower-case name.
        frame: the rows of those columns that the profile reads and the file has, under
            lower-case names; None to look at the profile alone.

    Returns:
        At least one finding a canonical column of the profile, a key and a part of the design.
        Codes are named only where the profile or the file lists codes, never a free text.
    """
    if frame is None:
        return [*_declared(profile)]
    codes = frame.select(code_text(frame[name]) for name in frame.columns)
    found = [*_roles(profile, codes), *_rules(profile, codes, variables)]
    for column, raw, code, given, said in contradictions(profile, variables):
        detail = f"code {code} is labelled {said} and mapped to {given}"
        found.append(Finding(column, (raw,), CONTRADICTED, detail))
    return found


def _declared(profile: Profile) -> Iterator[Finding]:
    for role, raw in design_names(profile).items():
        yield Finding(role, tuple(raw), NOT_CHECKED if raw else NOT_ASKED)
    for column, rule in profile.columns.items():
        raw = profile.raw_names_of(rule)
        refused = rule.not_asked or ""
        yield Finding(column, tuple(raw), NOT_ASKED if refused else NOT_CHECKED, refused)


def _roles(profile: Profile, codes: pl.DataFrame) -> Iterator[Finding]:
    for role, raw in design_names(profile).items():
        absent = [name for name in raw if name not in codes.columns]
        if not raw:
            yield Finding(role, (), NOT_ASKED, WITHOUT.get(role, ""))
        elif absent:
            yield Finding(role, tuple(raw), MISSING, f"the file has no {', '.join(absent)}")
        elif role == "weight":
            number = codes[raw[0]].cast(pl.Float64, strict=False)
            bad = int((~(number > 0).fill_null(value=False)).sum())
            detail = "blank, zero, negative or not a number" if bad else ""
            yield Finding(role, tuple(raw), BAD if bad else MAPS, detail, bad)
        else:
            blank = codes.select(pl.any_horizontal(pl.col(raw).is_null())).to_series().sum()
            refused = bool(blank) and role != "person"
            detail = "blank" if refused else f"{codes.select(raw).n_unique():,} different"
            yield Finding(role, tuple(raw), BAD if refused else MAPS, detail, int(blank))


def _rules(
    profile: Profile, codes: pl.DataFrame, variables: Mapping[str, Variable]
) -> Iterator[Finding]:
    for column, rule in profile.columns.items():
        raw = profile.raw_names_of(rule)
        absent = [name for name in raw if name not in codes.columns]
        if rule.not_asked is not None:
            yield Finding(column, (), NOT_ASKED, rule.not_asked)
        elif absent:
            detail = f"the file has no {', '.join(absent)}"
            yield Finding(column, tuple(raw), MISSING, detail, 0)
        elif rule.cases is not None:
            yield Finding(column, tuple(raw), MAPS, f"{len(rule.cases)} cases")
        else:
            values = codes[raw[0]]
            labelled = raw[0] in variables and bool(variables[raw[0]].value_labels)
            yield _mapped(column, rule, tuple(raw), values, labelled=labelled)


def _mapped(
    column: str, rule: ProfileRule, raw: tuple[str, ...], values: pl.Series, *, labelled: bool
) -> Finding:
    blank = int(values.null_count())
    if rule.codes is not None and rule.other is None:
        known, noun = set(rule.codes), "codes"
    elif rule.brackets is not None or rule.counts is not None:
        low, high = rule.counts or (1, 0)
        known, noun = {*(rule.brackets or {}), *map(str, range(low, high + 1))}, "codes"
    elif rule.number:
        bad = int((values.is_not_null() & values.cast(pl.Float64, strict=False).is_null()).sum())
        if bad:
            return Finding(column, raw, BAD, "text stands where a number belongs", bad)
        return Finding(column, raw, MAPS, _blanks(blank), 0)
    else:
        return Finding(column, raw, MAPS, _blanks(blank), 0)
    strange = values.filter(values.is_not_null() & ~values.is_in(list(known)))
    if strange.is_empty():
        return Finding(column, raw, MAPS, f"{len(known)} {noun}{_blanks(blank, ', ')}")
    named = _named(strange, labelled=labelled)
    return Finding(column, raw, UNKNOWN, f"the profile does not know {named}", len(strange))


def _named(strange: pl.Series, *, labelled: bool) -> str:
    """Name the codes of a coded column; of a column that may hold free text only their number."""
    distinct = sorted(strange.unique().to_list(), key=lambda code: (len(code), code))
    whole = all(code.lstrip("-").isdigit() and len(code) < 5 for code in distinct)
    if not (whole or labelled) or len(distinct) > CODES_NAMED or not whole:
        return f"{len(distinct)} different codes"
    return f"code {', '.join(distinct)}"


def _blanks(blank: int, lead: str = "") -> str:
    return f"{lead}{blank:,} rows blank" if blank else ""


def against_codebook(
    codebook: Mapping[str, CodebookVariable], frame: pl.DataFrame
) -> list[Finding]:
    """Compare the rows of each code with the frequencies that a codebook gives: they must be equal.

    Args:
        codebook: as ``transforms.read.ddi.read_codebook`` gives it.
        frame: rows under lower-case names.

    Returns:
        One finding a variable that the codebook counts and the file has.
    """
    found = []
    for raw in frame.columns:
        told = codebook[raw].frequencies if raw in codebook else {}
        if not told:
            continue
        values = code_text(frame[raw])
        held = dict(values.drop_nulls().value_counts().iter_rows())
        wrong = {code for code, count in told.items() if held.get(code, 0) != count}
        detail = f"codes that differ: {len(wrong)}" if wrong else f"{len(told)} codes agree"
        rows = sum(abs(held.get(code, 0) - told[code]) for code in wrong)
        found.append(Finding("(codebook)", (raw,), BAD if wrong else MAPS, detail, rows))
    return found
