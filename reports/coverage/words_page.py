"""How the page on the coverage gap was made, its marks, and why a part of it is absent; figures are said elsewhere."""

from collections.abc import Mapping
from typing import Final

from reports.wording import marks
from reports.wording.lists import word_lists

_LISTS: Final = word_lists("coverage")
LEGEND: Final = (*marks.LEGEND, ("n/c", "not computable; the reason is given"))
ABSENT_BECAUSE: Final[Mapping[str, str]] = _LISTS["absent_because"]
VOLUNTARY: Final = (
    "The voluntary scheme stands by itself: no stage adds it to the compulsory schemes. Only where "
    "the survey asks about contributions to any scheme, as in the bridge, is it among all schemes."
)


CANNOT: Final = "This wave cannot tell how many work without cover."
ROUNDED: Final = (
    "Persons are rounded to 100, money to 1 million kip and shares to 0.1 after the calculation, so parts may "
    "not add up to totals."
)


def method(dates: str, assumptions: str, age: int = 15) -> tuple[str, ...]:
    """Write how the page was made and what it does not say."""
    return (
        dates,
        (
            f"Every stage counts the same people: employed, aged {age} and over, in the survey's frame. "
            "Employed, covered by law and in a registered unit are survey totals; affiliated and active "
            "are the register's, made comparable. Totals that come from two sources can contradict each "
            "other, so a gap between them may be negative. It then stays negative and is said to be so."
        ),
        VOLUNTARY,
        assumptions,
        (
            "A gap is a stage less the next one. The share of the gap sets it against all gaps together. "
            "The Shapley figure gives each step its mean effect over all orders of the steps, so that no "
            "step gains from coming first; the parts add up to the same whole."
        ),
        (
            "Intervals are at 95%. Survey totals carry the sample design, register terms the error of "
            "their adjustments, and each gap carries both (delta method). All are by Student's t with the "
            "degrees of freedom of the sample design, of the register's clusters where it alone gives the figure."
        ),
        (
            "The steps describe where persons and money are lost. They are associations, not causes: "
            "closing one step need not bring its persons to the next."
        ),
        (
            "This is about all employed persons and is no model of informal employees: for employees the "
            "answer about social security is part of what makes a job informal."
        ),
        ROUNDED,
    )
