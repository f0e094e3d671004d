"""How the brief was made and how it is to be read, in sentences; figures are said elsewhere."""

from collections.abc import Mapping, Sequence
from typing import Final

from reports.wording.lists import word_lists

_LISTS: Final = word_lists("brief")
METHODS: Final[Mapping[str, str]] = _LISTS["methods"]
DF: Final[Mapping[str, str]] = _LISTS["degrees_of_freedom"]
LONELY: Final[Mapping[str, str]] = _LISTS["lonely"]
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
LEFT_OUT: Final = "Persons without a usable answer are left out of a rate."
COVERAGE_MEANS: Final = (
    "Coverage is what people report in the survey: a contribution to any scheme."
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
