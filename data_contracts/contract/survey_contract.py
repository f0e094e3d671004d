"""The contract of a survey's file, made of its profile; checking a file against it is elsewhere.

A profile says which raw columns, codes and numbers it reads, so nobody writes the same again.
"""

from collections.abc import Iterator, Sequence

from data_contracts.areas import provinces
from data_contracts.code_lists import schemes
from data_contracts.contract.canonical_codes import blank_is_open
from data_contracts.contract.odcs import load_table
from data_contracts.contract.shapes import Contract, ContractColumn, RowRule
from data_contracts.profile.profile import Profile
from data_contracts.profile.rule import ProfileRule, condition_names


def incoming_contract(profile: Profile) -> Contract:
    """Derive the contract of a survey's file from its profile.

    Every raw column that the profile reads is promised; any other column may be there and is not
    read. A code is text; the permitted codes are those that the profile gives a meaning, unless
    its rule says what any further code means. Household, stratum, PSU and weight are never blank.
    """
    keys = profile.keys
    # Without a person number nothing in the file tells two persons of a household apart.
    # Without a household number a person is one within the sampling unit.
    within = profile.household or profile.psu
    key = [] if keys.person is None else [*within, keys.person]
    return Contract(
        name=f"raw.{profile.survey_id.lower()}",
        version=profile.version,
        title=f"{profile.title}: the file as delivered.",
        granularity="One row per person",
        sensitivity="restricted",
        columns=tuple(_column(profile, raw) for raw in profile.raw_names()),
        primary_key=tuple(profile.resolve(name) for name in key),
        rules=tuple(_ranges(profile)),
        least_rows=1,
        further_columns=True,
        usage="Read by the survey's profile into core.person and core.job.",
        limitations="Personal data. Holds only the columns that the profile reads.",
    )


def _column(profile: Profile, raw: str) -> ContractColumn:
    """Give one raw column as the profile reads it."""
    design, keys = profile.design, profile.keys
    never_blank = (*profile.household, *profile.strata, *profile.psu, design.weight)
    person = [] if keys.person is None else [keys.person]
    weight = raw == profile.resolve(design.weight)
    number = weight or any(rule.number for rule in _rules_from(profile, raw).values())
    return ContractColumn(
        name=raw,
        type="DOUBLE" if number else "VARCHAR",
        description=_said(profile, raw, number=number),
        classification="restricted",
        required=raw in {profile.resolve(name) for name in (*never_blank, *person)}
        or _blank_means_nothing(profile, raw),
        valid={} if number else _codes(profile, raw),
        bounds={"exclusiveMinimum": 0} if weight else _bounds(profile, raw),
        pattern=_classified(profile, raw),
    )


def _rules_from(profile: Profile, raw: str) -> dict[str, ProfileRule]:
    """Give the rules that read a raw column as it is, by canonical column."""
    return {
        name: rule
        for name, rule in profile.columns.items()
        if raw in {profile.resolve(n) for n in [rule.from_, *rule.or_sum] if n}
    }


def _codes(profile: Profile, raw: str) -> dict[str, str]:
    """Give the permitted codes of a raw column and what each means; empty where any may stand.

    Where several rules read the column, each refuses what it does not know: a code must be
    known to all of them.
    """
    read = {name: _meanings(rule) for name, rule in _rules_from(profile, raw).items()}
    if "admin1_code" in read and profile.ref_area == "LAO":
        return _provinces(profile)
    closed = {name: meanings for name, meanings in read.items() if meanings}
    codes = next(iter(closed.values()), {})
    return {
        code: "; ".join(f"{name}: {meanings[code]}" for name, meanings in closed.items())
        for code in codes
        if all(code in meanings for meanings in closed.values())
    }


def _provinces(profile: Profile) -> dict[str, str]:
    """Give the provinces of the survey's year by the bureau's code; a file may use their names."""
    date = str(profile.reference_year)
    return {
        code: f"admin1_code: {area.name_en}"
        for code, area in provinces().items()
        if area.valid_at(date)
    }


def _classified(profile: Profile, raw: str) -> str | None:
    """Give the pattern of a code of fixed length: of ISIC Rev. 4 for industry, of ISCO-08 for occupation.

    Leading zeros are not part of a code as it is compared: 0111 is 111.
    """
    rules = _rules_from(profile, raw)
    for name, scheme in schemes().items():
        rule = rules.get(name)
        if rule is not None and rule.digits is not None:
            missing = "".join(f"|{code}" for code in rule.missing)
            return f"^({scheme.pattern(rule.digits)}{missing})$"
    return None


def _blank_means_nothing(profile: Profile, raw: str) -> bool:
    """Tell a column whose blanks the profile gives no meaning, where the closed set has none for them."""
    return any(blank_is_open(name, rule) for name, rule in _rules_from(profile, raw).items())


def _canonical_bounds(name: str, rule: ProfileRule) -> dict[str, float]:
    """Give the bounds of the canonical column that a raw number becomes."""
    columns = {
        c.name: c for table in ("core.person", "core.job") for c in load_table(table).columns
    }
    bounds = dict(columns[name].bounds) if name in columns and rule.number else {}
    if rule.factors_from is not None or rule.or_sum:  # a factor or a sum moves every bound but zero
        bounds = {key: value for key, value in bounds.items() if value == 0}
    return bounds


def _bounds(profile: Profile, raw: str) -> dict[str, float]:
    """Give the bounds of a raw number that no code for a missing answer may break."""
    rules = _rules_from(profile, raw).items()
    bounds = [_canonical_bounds(name, rule) for name, rule in rules if not rule.missing]
    return bounds[0] if bounds else {}


def _ranges(profile: Profile) -> Iterator[RowRule]:
    """Give the bounds of raw numbers among which codes for a missing answer stand."""
    signs = {"minimum": "<", "exclusiveMinimum": "<=", "maximum": ">", "exclusiveMaximum": ">="}
    for name, rule in profile.columns.items():
        bounds = _canonical_bounds(name, rule)
        if bounds and rule.missing:
            raw = profile.resolve(rule.from_ or "")
            beyond = " OR ".join(f'"{raw}" {signs[key]} {value}' for key, value in bounds.items())
            missing = ", ".join(f"{value:g}" for value in rule.missing)
            yield RowRule(
                f"{raw}_within_bounds",
                f"{raw} is within the bounds of {name}, or one of its codes for a missing answer.",
                "error",
                condition=f'({beyond}) AND "{raw}" NOT IN ({missing})',
            )


def _meanings(rule: ProfileRule) -> dict[str, str]:
    """Give the codes that a rule knows, where it refuses any other."""
    if rule.codes is not None:
        return {} if rule.other is not None else dict(rule.codes)
    meanings = {}
    if rule.counts is not None:
        first, last = rule.counts
        meanings = {str(count): str(count) for count in range(first, last + 1)}
    for code, (lower, upper) in (rule.brackets or {}).items():
        if lower is None:
            meanings[code] = "not known"
        else:
            meanings[code] = f"{lower} and over" if upper is None else f"{lower} to {upper}"
    return meanings


def _said(profile: Profile, raw: str, *, number: bool) -> str:
    """Say what a raw column is read for, in what unit, and what is unsure about its name."""
    unit = "number, as the questionnaire asks it" if number else "code or identifier"
    said = f"Read for {', '.join(_uses(profile, raw))}. Unit: {unit}. Source: file delivered."
    sentinels = [
        f"{value:g}" for rule in _rules_from(profile, raw).values() for value in rule.missing
    ]
    if sentinels:
        said += f" Not known: {', '.join(sentinels)}."
    if profile.keys.person and profile.resolve(profile.keys.person) == raw:
        said += " A blank is numbered within its household."
    for setting in profile.settings:
        if profile.resolve(f"${setting}") == raw:
            said += f" Its name in the file is the setting {setting}."
    return said


def _uses(profile: Profile, raw: str) -> list[str]:
    """Give what a raw column is read for: canonical columns, keys, design, corrections."""
    uses: dict[str, Sequence[str]] = {
        "the household key": profile.household,
        "the person number": [profile.keys.person or ""],
        "the stratum": profile.strata,
        "the primary sampling unit": profile.psu,
        "the weight": [profile.design.weight],
    }
    for name, rule in profile.columns.items():
        uses[name] = rule.raw_names()
    for correction in profile.corrections:
        uses[f"the correction {correction.id}"] = list(condition_names(correction.drop))
    return [use for use, names in uses.items() if raw in {profile.resolve(n) for n in names if n}]
