"""A profile held against a file, column by column: everything that does not fit, counted, not raised."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from data_contracts.contract.canonical_codes import strange_codes
from data_contracts.errors import InputError
from data_contracts.profile.finished import unfinished
from data_contracts.profile.label_check import contradictions
from data_contracts.profile.profile import Profile
from data_contracts.profile.rule import ProfileRule, condition_names
from transforms.read.ddi import CodebookVariable
from transforms.read.table import Variable
from transforms.survey.codes import code_text
from transforms.survey.harmonise import corrected
from transforms.survey.profile_columns import ROW, ProfileColumns

MAPS, NOT_ASKED, NOT_CHECKED = "maps", "not asked", "not checked"
MISSING, UNKNOWN, CONTRADICTED, BAD, UNFINISHED, STRANGE = (
    "column missing", "unknown codes", "labels contradict", "does not fit", "not finished",
    "no such code",
)  # fmt: skip
WRONG = {MISSING, UNKNOWN, CONTRADICTED, BAD, UNFINISHED, STRANGE}
CODES_NAMED = 10
WITHOUT = {
    "household": "each person stands alone",
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
        "household": profile.household,
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

    Each rule is tried as a run applies it, on the rows that the profile's corrections leave, so
    that a check finds what a run would refuse, and finds all of it.

    Args:
        profile: the wave's profile.
        variables: the file's columns by lower-case name.
        frame: the rows of those columns that the profile reads and the file has, under
            lower-case names; None to look at the profile alone.

    Returns:
        At least one finding a canonical column of the profile, a key and a part of the design; one
        a correction. Codes are named only where the profile or the file lists codes, never a free
        text.
    """
    if frame is None:
        return [*_unfinished(profile), *_declared(profile)]
    codes = frame.select(code_text(frame[name]) for name in frame.columns).with_row_index(ROW, 1)
    codes, corrections = _corrections(profile, codes)
    rows = frame.with_row_index(ROW, 1).join(
        codes.select(ROW), on=ROW, how="semi", maintain_order="left"
    )
    made = ProfileColumns(profile, rows, codes, "")
    found = [*_unfinished(profile), *_roles(made), *_rules(made, variables), *corrections]
    for column, raw, code, given, said in contradictions(profile, variables):
        detail = f"code {code} is labelled {said} and mapped to {given}"
        found.append(Finding(column, (raw,), CONTRADICTED, detail))
    return found


def _unfinished(profile: Profile) -> Iterator[Finding]:
    """Say what a draft leaves open, and which codes the canonical columns do not have."""
    for one in unfinished(profile):
        where = f"line {one.line}: " if one.line else ""
        yield Finding(one.key, (), UNFINISHED, where + one.said)
    for column, line, said in strange_codes(profile):
        yield Finding(column, (), STRANGE, f"line {line}: {said}" if line else said)


def _corrections(profile: Profile, codes: pl.DataFrame) -> tuple[pl.DataFrame, list[Finding]]:
    """Apply the corrections whose columns are there; say what each drops, or why it is refused."""
    found = []
    for one in profile.corrections:
        raw = tuple(dict.fromkeys(profile.resolve(name) for name in condition_names(one.drop)))
        name = f"(correction {one.id})"
        absent = [column for column in raw if column not in codes.columns]
        if absent:
            found.append(Finding(name, raw, MISSING, f"the file has no {', '.join(absent)}"))
            continue
        alone = profile.model_copy(update={"corrections": [one]})
        try:
            codes, dropped = corrected(alone, codes, "")
        except InputError as error:
            found.append(Finding(name, raw, BAD, error.rule, error.rows or 0))
        else:
            rows = dropped[one.id]
            said = "drops these rows" if rows else "drops no row of this file"
            found.append(Finding(name, raw, MAPS, f"{said}: {one.reason}", rows))
    return codes, found


def _declared(profile: Profile) -> Iterator[Finding]:
    for role, raw in design_names(profile).items():
        yield Finding(role, tuple(raw), NOT_CHECKED if raw else NOT_ASKED)
    for column, rule in profile.columns.items():
        raw = profile.raw_names_of(rule)
        refused = rule.not_asked or ""
        yield Finding(column, tuple(raw), NOT_ASKED if refused else NOT_CHECKED, refused)


def _roles(made: ProfileColumns) -> Iterator[Finding]:
    codes = made.codes
    for role, raw in design_names(made.profile).items():
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


def _rules(made: ProfileColumns, variables: Mapping[str, Variable]) -> Iterator[Finding]:
    for column, rule in made.profile.columns.items():
        raw = made.profile.raw_names_of(rule)
        absent = [name for name in raw if name not in made.codes.columns]
        if rule.not_asked is not None:
            yield Finding(column, (), NOT_ASKED, rule.not_asked)
            continue
        if absent:
            yield Finding(column, tuple(raw), MISSING, f"the file has no {', '.join(absent)}")
            continue
        if rule.cases is not None:
            found = Finding(column, tuple(raw), MAPS, f"{len(rule.cases)} cases")
        else:
            labelled = raw[0] in variables and bool(variables[raw[0]].value_labels)
            found = _mapped(column, rule, tuple(raw), made.codes[raw[0]], labelled=labelled)
        yield found if found.status in WRONG else _as_a_run(made, found)


def _as_a_run(made: ProfileColumns, found: Finding) -> Finding:
    """Try a rule as a run does; keep what was found where it is taken."""
    rule = made.profile.columns[found.column]
    try:
        if found.column == "enterprise_size":
            made.size()
        elif rule.number:
            made.number(found.column)
        else:
            made.text(found.column)
    except InputError as error:
        detail = f"{error.rule}; {error.remedy}"
        return Finding(found.column, found.raw, BAD, detail, error.rows or 1)
    return found


def _mapped(
    column: str, rule: ProfileRule, raw: tuple[str, ...], values: pl.Series, *, labelled: bool
) -> Finding:
    blank = int(values.null_count())
    if rule.codes is not None and rule.other is None:
        known, noun = {*rule.codes, *map(str, rule.missing)}, "codes"
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
