"""Every sentence and number format of a brief in English; no table is read and nothing is drawn.

A sentence is a function of the published cells printed in it, so that it cannot disagree with
them. Another language is another module with the same names.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from data_contracts.errors import InputError
from reports.model import Cell, Said, Use

WITHHELD: Final = "x"
ABSENT: Final = ".."
UNRELIABLE: Final = "*"

COUNTRIES: Final = {"LAO": "Lao PDR", "CRI": "Costa Rica", "BOL": "Bolivia"}
MONTHS: Final = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
QUARTERS: Final = {"Q1": "first", "Q2": "second", "Q3": "third", "Q4": "fourth"}

# indicator -> (label, its denominator, what the numerator does). Sources: SDG metadata 1.3.1 and
# 8.3.1 and the 17th ICLS, as set out in the interface of pub.estimate.
RATES: Final = {
    "coverage_gap_rate": (
        "Coverage gap rate",
        "employed persons aged {age} and over",
        "did not contribute to any social-security scheme",
    ),
    "social_security_coverage": (
        "Social-security coverage of the employed",
        "employed persons aged {age} and over",
        "contributed to a social-security scheme",
    ),
    "social_security_coverage_employees": (
        "Social-security coverage of employees",
        "employees aged {age} and over",
        "had an employer who contributed to social security for them",
    ),
    "informal_employment_rate": (
        "Informal employment rate",
        "employed persons aged {age} and over",
        "had an informal main job",
    ),
    "outside_formal_sector_rate": (
        "Employment outside the formal sector",
        "employed persons aged {age} and over",
        "worked outside the formal sector",
    ),
    "unemployment_rate": (
        "Unemployment rate",
        "the labour force aged {age} and over",
        "was unemployed",
    ),
    "employment_to_population_ratio": (
        "Employment-to-population ratio",
        "the population aged {age} and over",
        "was employed",
    ),
    "labour_force_participation_rate": (
        "Labour force participation rate",
        "the population aged {age} and over",
        "was in the labour force",
    ),
}
PERSONS: Final = {
    "coverage_gap": ("Coverage gap (persons)", "employed persons not contributing to any scheme"),
    "social_security_covered": ("Persons covered", "employed persons contributing to a scheme"),
    "informal_employment": ("Informal employment", "persons with an informal main job"),
    "unemployed": ("Unemployed", "unemployed persons"),
    "employed": ("Employed", "employed persons"),
    "labour_force": ("Labour force", "persons in the labour force"),
    "working_age_population": ("Working-age population", "persons of working age"),
}
# theme -> table caption, heading of the rate, heading of the persons, axis of the figure.
THEMES: Final = {
    "social_security_coverage": (
        "Employed persons covered by social security, and those not covered",
        "Covered (%)",
        "Not covered (persons)",
        "Covered, % of employed persons",
    ),
    "informal_employment_rate": (
        "Employed persons with an informal main job",
        "Informal (%)",
        "Informal (persons)",
        "Informal main job, % of employed persons",
    ),
    "unemployment_rate": (
        "Unemployment",
        "Unemployed (%)",
        "Unemployed (persons)",
        "Unemployed, % of the labour force",
    ),
}
BREAKDOWNS: Final = {
    "total": "All",
    "sex": "Sex",
    "age_aggregate": "Age",
    "area_type": "Area",
    "status_icse93": "Status",
    "economic_sector": "Sector",
    "education_aggregate": "Education",
    "admin1_code": "Province",
    "marital_status": "Marital status",
    "disability_status": "Disability",
    "occupation_major": "Occupation",
    "institutional_sector": "Institution",
    "age": "Age",
}
OUTCOMES: Final = {
    "coverage": "contributing to social security",
    "informality": "having an informal main job",
}
POPULATIONS: Final = {
    "all_employed": "all employed persons",
    "non_employees": "non-employees",
}
CONCEPTS: Final = {"affiliated": "Affiliated members", "active_contributor": "Active contributors"}
SCHEMES: Final = {
    "total": "all schemes",
    "public": "public",
    "enterprise": "enterprise",
    "voluntary": "voluntary",
}
METHODS: Final = {
    "logit": "logit-transformed for ratios",
    "wald": "symmetric (Wald) for totals",
    "beta": "beta (Korn–Graubard) for ratios",  # noqa: RUF001
}
DF: Final = {
    "design": "sampling units less strata of the whole sample",
    "domain": "sampling units less strata of each group",
}
LONELY: Final = {
    "fail": "there are none",
    "adjust": "compared with the mean of all units",
    "average": "given the mean variance of the other strata",
    "certainty": "taken as without sampling error",
    "remove": "taken as without sampling error",
    "collapse by map": "joined with another stratum by the survey's own map",
}
WORDS: Final = {
    "kicker_coverage": "Social-security coverage brief",
    "kicker_informality": "Informal employment brief",
    "kicker_labour": "Labour force brief",
    "synthetic": "SYNTHETIC DATA: no figure here describes a real population",
    "unverified": "UNVERIFIED: the survey's questionnaire was not checked; do not quote",
    "says": "How to read this",
    "method": "How this was made",
    "absent": "What could not be shown",
    "legend": "Marks",
    "source": "Source",
    "provenance": "Provenance",
    "register": "Register",
    "key_figures": "Key figures",
    "table": "Table 1.",
    "figure": "Figure",
    "register_table": "Table 2.",
    "breakdown": "By",
    "sha256": "SHA-256",
    "province_table": "The figures behind Figure 1",
    "effect_table": "The figures behind Figure 2",
}
FLAGS: Final = {"A": "reliable", "U": "use with caution", "S": "withheld", "": "not available"}
WITHHELD_MEANS: Final = (
    "withheld: not reliable enough to publish, or it would give such a figure away"
)
# Spreadsheet shorthand of the UK Government Analysis Function.
SHORTHAND: Final = {"A": "", "U": "[u]", "S": "[x]", "": "[z]"}
SHORTHAND_LEGEND: Final = (
    ("[u]", "low reliability: few interviews or a wide interval; use with caution"),
    ("[x]", WITHHELD_MEANS),
    ("[z]", "not available or not applicable"),
)
LEGEND: Final = (
    ("*", "unreliable: few interviews or a wide interval; use with caution"),
    ("x", WITHHELD_MEANS),
    ("..", "not available"),
)
PLOT_HEADINGS: Final = ("Group", "{axis}", "{level} interval", "Interviews", "Reliability")
REGISTER_HEADINGS: Final = (
    "Persons in the register",
    "Scheme",
    "Persons",
    "Employed (survey)",
    "Ratio (%)",
    "{level} interval",
    "Register and survey date",
)


# ---- numbers -------------------------------------------------------------------------------


def count(value: float) -> str:
    """Write persons or interviews: ``2,123,400``."""
    return f"{round(value):,}".replace("-", "−")  # noqa: RUF001


def one_decimal(value: float) -> str:
    """Write a percentage without its sign: ``86.4``."""
    return f"{value:.1f}".replace("-", "−")  # noqa: RUF001


def signed(value: float) -> str:
    """Write percentage points with their sign: ``+3.4``, ``-0.2`` with a minus sign."""
    text = one_decimal(value)
    return text if text.startswith("−") or text == "0.0" else f"+{text}"  # noqa: RUF001


def field_of(cell: Cell, field: str) -> float | None:
    """Give one field of a cell: value, lower, upper or n."""
    found = {"value": cell.value, "lower": cell.lower, "upper": cell.upper, "n": cell.n}
    return found[field]


def number(cell: Cell, field: str = "value") -> str:
    """Write one field of a published cell in its unit's format."""
    value = field_of(cell, field)
    if value is None:
        raise InputError(
            f"a brief would print a figure that is not published: {cell.indicator}, {field}",
            "print it only where the cell is published",
        ) from None
    if field == "n" or cell.unit == "PS":
        return count(value)
    return signed(value) if cell.unit == "PP" else one_decimal(value)


def mark(cell: Cell) -> str:
    """Write a cell for a table: number with its mark, ``x`` withheld, ``..`` not available."""
    if not cell.published:
        return WITHHELD if cell.withheld else ABSENT
    return number(cell) + (UNRELIABLE if cell.status == "U" else "")


def interval(cell: Cell) -> str:
    """Write the limits with an en dash, or `` to `` where a limit has a sign; empty if none."""
    if not cell.published or cell.lower is None or cell.upper is None:
        return ""
    dash = " to " if cell.unit == "PP" or cell.lower < 0 else "–"  # noqa: RUF001
    return f"{number(cell, 'lower')}{dash}{number(cell, 'upper')}"


def rules_of_reliability(names: Sequence[str], rules: Mapping[str, str]) -> str:
    """Say how reliability was judged, with the marks of a table for the grades S and U.

    Args:
        names: the rule sets that the published figures name.
        rules: each in words, the grades as S and U.
    """
    if not names:
        return ""
    said = " ".join(rules.get(name, "") for name in names)
    marked = re.sub(r"\bU\b", UNRELIABLE, re.sub(r"\bS\b", WITHHELD, said))
    return (
        f"Rules of reliability ({', '.join(names)}). {marked} n: interviews; CV: standard error "
        "over the figure."
    )


def rules_in_shorthand(rules: str) -> str:
    """Write the same rules with the shorthand of the workbook."""
    marked = re.sub(rf"\b{WITHHELD}\b", SHORTHAND["S"], rules)
    return marked.replace(UNRELIABLE, SHORTHAND["U"])


def level(cell: Cell) -> str:
    """Write the confidence level: ``95%``."""
    return f"{(cell.level or 0.95) * 100:g}%"


def period(code: str) -> str:
    """Write a period code as words: 2022, 2021-Q4, 2023-06, 2022-Q1/2022-Q4 stays as it is."""
    year, _, rest = code.partition("-")
    if rest in QUARTERS:
        return f"the {QUARTERS[rest]} quarter of {year}"
    if rest.isdigit() and 1 <= int(rest) <= 12:
        return f"{MONTHS[int(rest) - 1]} {year}"
    return code


def uses(*cells: Cell, fields: Sequence[str] = ("value", "lower", "upper")) -> tuple[Use, ...]:
    """Bind the printed fields of cells to what is printed."""
    return tuple(
        Use(cell, field, number(cell, field))
        for cell in cells
        if cell.published
        for field in fields
        if field_of(cell, field) is not None
    )


def _bracket(cell: Cell) -> str:
    limits = interval(cell)
    caution = ", use with caution" if cell.status == "U" else ""
    return f" ({level(cell)} interval {limits}{caution})" if limits else ""


def _short(cell: Cell, name: str) -> str:
    limits = interval(cell)
    caution = ", use with caution" if cell.status == "U" else ""
    within = f" ({limits}{caution})" if limits else ""
    return f"{number(cell)} per cent of {name}{within}"


# ---- sentences -----------------------------------------------------------------------------


def base_of(indicator: str, age: str) -> str:
    """Name the denominator of a rate."""
    return RATES[indicator][1].format(age=age)


def rate_sentence(cell: Cell, country: str, when: str, age: str) -> Said:
    """Say a rate with numerator, denominator, place, date and interval."""
    does = RATES[cell.indicator][2]
    text = (
        f"In {when}, {number(cell)} per cent of {base_of(cell.indicator, age)} in {country} "
        f"{does}{_bracket(cell)}"
    )
    return Said(text, uses(cell))


def persons_sentence(cell: Cell, country: str, when: str) -> Said:
    """Say a number of persons with its interval, place and date."""
    text = (
        f"In {when} there were {number(cell)} {PERSONS[cell.indicator][1]} in {country}"
        f"{_bracket(cell)}."
    )
    return Said(text, uses(cell))


def compare(first: tuple[str, Cell], second: tuple[str, Cell], when: str, age: str) -> Said:
    """Compare two groups, claiming a difference only where the two intervals do not meet."""
    (name_a, a), (name_b, b) = first, second
    does = RATES[a.indicator][2].replace("was ", "were ")
    text = f"Of {base_of(a.indicator, age)}, {_short(a, name_a)} and {_short(b, name_b)} {does} in {when}"
    if a.lower is None or a.upper is None or b.lower is None or b.upper is None:
        end = "."
    elif a.lower > b.upper:
        end = f": the share is higher among {name_a}."
    elif b.lower > a.upper:
        end = f": the share is higher among {name_b}."
    else:
        end = "; the intervals overlap, so no difference is claimed."
    return Said(text + end, uses(a, b))


def tile_label(indicator: str, age: str) -> str:
    """Say under a key figure what it counts or is a share of."""
    if indicator in PERSONS:
        return PERSONS[indicator][1]
    return f"of {base_of(indicator, age)} {RATES[indicator][2]}"


def indicator_label(indicator: str) -> str:
    """Name an indicator, an unknown one by its id."""
    for names in (RATES, PERSONS):
        if indicator in names:
            return str(names[indicator][0])
    return indicator.replace("_", " ").capitalize()


def breakdown_label(code: str) -> str:
    """Name a breakdown or covariate, an unknown one by its id."""
    return BREAKDOWNS.get(code, code.replace("_", " ").capitalize())


def outcome_label(outcome: str) -> str:
    """Say what the outcome of a model is: the theme of its name, or the name itself."""
    if "inform" in outcome:
        return OUTCOMES["informality"]
    if "social" in outcome or "cover" in outcome:
        return OUTCOMES["coverage"]
    return outcome.replace("_", " ")


def plot_axis(rate: str) -> str:
    """Give the axis of the province figure."""
    if rate == "coverage_gap_rate":
        return "Not covered, % of employed persons"
    return THEMES[rate][3]


def plot_caption(rate: str, when: str, at: str) -> str:
    """Caption the province figure; ``at`` is the confidence level."""
    return f"{plot_axis(rate)}, by province, {when}, with {at} intervals"


def plot_note(national: Cell) -> str:
    """Explain the marks of the province figure."""
    line = f" Dashed line: the whole country, {number(national)}%." if national.published else ""
    return f"Hollow dot and *: use with caution; x: withheld.{line} Do not read as a ranking."


def plot_alt(rate: str, shown: int, withheld: int, national: Cell) -> str:
    """Describe the province figure to a reader who does not see it."""
    whole = f" The whole country is at {number(national)} per cent." if national.published else ""
    return (
        f"Dot plot with {level(national)} intervals: {plot_axis(rate)}, for {shown} provinces in descending "
        f"order; {withheld} withheld.{whole} The values are in the workbook of this brief."
    )


def effects_caption(outcome: str, population: str) -> str:
    """Caption the marginal-effects figure: outcome and population."""
    who = POPULATIONS.get(population, population.replace("_", " "))
    return f"Average marginal effects on {outcome_label(outcome)}, {who}"


EFFECTS_AXIS: Final = "Percentage points"
EFFECTS_NOTE: Final = (
    "Against the group in brackets. Each effect holds the other characteristics as they are. An interval that contains 0 "
    "gives no evidence of a difference. Association, not cause."
)


def effects_alt(outcome: str, population: str, rows: int) -> str:
    """Describe the marginal-effects figure to a reader who does not see it."""
    return (
        f"Forest plot of {rows} effects with intervals around zero: "
        f"{effects_caption(outcome, population)}. The values are in the workbook of this brief."
    )


def register_caption() -> str:
    """Caption the register block."""
    return "Persons in the social-security register, set against surveyed employed persons"


def register_note(rules: Sequence[str], mixed: bool) -> str:
    """Explain numerator and denominator of the register ratios."""
    rule = f" Active contributor: {'; '.join(rules).replace('>=', 'at least ')}." if rules else ""
    dates = " Register and survey have different dates, so the ratio mixes them." if mixed else ""
    return (
        "Numerator: persons counted in the register. Denominator: employed persons of the survey. "
        f"This is a ratio of two sources and may exceed 100 per cent.{rule}{dates}"
    )


CIRCULARITY: Final = (
    "For employees the standard defines a formal job by the employer's social contribution. "
    "The coverage of employees in informal jobs is therefore close to zero by definition; it says "
    "nothing, and no such rate is given. Coverage is shown for all employed persons and by status."
)
NO_RANKING: Final = (
    "Differences smaller than the intervals should not be read as rankings. The intervals cover "
    "sampling error only, not mistakes in answers or in the sample's frame."
)
GAP_IS_NOT_INFORMALITY: Final = (
    "The coverage gap and the informality rate have the same denominator and different numerators: "
    "one is not evidence for the other."
)


def method(
    design: str,
    methods: Sequence[str],
    df: Sequence[str],
    lonely: Sequence[str],
    at: str,
) -> str:
    """Write how the intervals were made: sample, variance, degrees of freedom."""
    ways = ", ".join(METHODS.get(m, m) for m in methods)
    said = [
        f"Sample: {design.rstrip('.')}." if design else "",
        "Estimates are weighted.",
        (
            f"Intervals are at {at} and follow from the linearised variance of the sample design"
            f"{f' ({ways})' if ways else ''}."
        ),
        f"Degrees of freedom: {', '.join(DF.get(d, d) for d in df)}." if df else "",
        f"Strata with one sampling unit: {', '.join(LONELY.get(x, x) for x in lonely)}."
        if lonely
        else "",
    ]
    return " ".join(part for part in said if part).replace("_", " ")


def rounding(standard: str, coverage: bool, notes: Sequence[str]) -> str:
    """Write the standard, what coverage means, and the rounding."""
    said = [
        f"Standard: {standard}." if standard else "",
        COVERAGE_MEANS if coverage else "",
        LEFT_OUT,
        *notes,
        (
            "Persons are rounded to 100 and rates to 0.1 after the calculation, so parts may not add "
            "up to totals."
        ),
    ]
    return " ".join(part for part in said if part)


LEFT_OUT: Final = "Persons without a usable answer are left out of a rate."
COVERAGE_MEANS: Final = (
    "Coverage is what people report in the survey: a contribution to any scheme."
)


def table_headings(rate: str, at: str) -> tuple[str, ...]:
    """Head the columns of the main table; ``at`` is the confidence level."""
    span = f"{at} interval"
    return ("", "Group", THEMES[rate][1], span, THEMES[rate][2], span, "Interviews", "Reliability")


def table_caption(rate: str, country: str, when: str) -> str:
    """Caption the main table with subject, place and date."""
    return f"{THEMES[rate][0]}, {country}, {when}"


def dates(cell: Cell) -> str:
    """Write the two dates of a ratio of two sources."""
    return f"{period(cell.numerator_date)} / {period(cell.denominator_date)}"


def not_published(indicator: str, withheld: bool) -> str:
    """Say why a figure that nothing else explains is not shown."""
    name = indicator_label(indicator)
    if withheld:
        return f"{name}: the national figure is withheld because it is not reliable enough."
    return f"{name}: the survey gives no published figure."


NO_PROVINCES: Final = "The survey file names no province, or none is published."
NO_MODEL: Final = "No model was published for this survey."
NO_REGISTER: Final = "No register was set against this survey."
WHEN_ABSENT: Final = {
    "provinces": "Figures by province",
    "effects": "Marginal effects",
    "register": "Register block",
    "coverage": "Social-security coverage",
}


def subtitle(title: str, standard: str) -> str:
    """Write the line under the headline: survey and standard."""
    return f"{title} · {standard}" if standard else title


def provenance(code_version: str, release_date: str, citation: str) -> tuple[str, ...]:
    """Write the footer: source, code version, data release date."""
    return (
        f"Source: {citation.rstrip('.')}.",
        f"Code {code_version} · data release {release_date}",
    )


def input_line(name: str, sha256: str, rows: int | None) -> str:
    """Write one input file with its hash and rows."""
    size = f", {count(rows)} rows" if rows is not None else ""
    return f"{name}{size}, sha256 {sha256[:12]}…"


# ---- workbook ------------------------------------------------------------------------------

SHEETS: Final = {
    "cover": "Cover",
    "notes": "Notes",
    "province": "Province",
    "one_table": "This sheet holds one table. Shorthand in brackets is explained on the sheet Notes.",
}
_LIMITS: Final = ("lower limit", "upper limit")
SHEET_HEADINGS: Final = {
    "register": (
        "Persons in the register",
        "Scheme",
        "Category",
        "Rule",
        "Persons",
        "Employed (survey)",
        "Ratio (%)",
        "Ratio, lower limit",
        "Ratio, upper limit",
        "Reliability",
        "Register date",
        "Survey date",
    ),
    "absent": ("Subject", "Status", "Reason"),
}


def main_headings(rate: str, persons: str) -> tuple[str, ...]:
    """Head the columns of the main sheet, units in every heading."""
    return (
        "By",
        "Group",
        rate,
        *(f"{rate}, {limit}" for limit in _LIMITS),
        "Interviews",
        f"{rate}, reliability",
        persons,
        *(f"{persons}, {limit}" for limit in _LIMITS),
        f"{persons}, reliability",
    )


def plot_headings(axis: str) -> tuple[str, ...]:
    """Head the columns of a figure's sheet."""
    unit = "Percentage points" if axis == EFFECTS_AXIS else axis
    return ("By", "Group", unit, *(f"{unit}, {x}" for x in _LIMITS), "Interviews", "Reliability")
