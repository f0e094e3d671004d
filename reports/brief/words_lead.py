"""Sentences of the brief's headline, lead and key figures; each is a function of the cells printed in it."""

from reports.model import Cell, Said
from reports.wording.numbers import interval, level, number, uses
from reports.wording.terms import PERSONS, RATES, base_of


def rate_sentence(cell: Cell, country: str, when: str, age: str) -> Said:
    """Say a rate with numerator, denominator, place, date and interval."""
    does = RATES[cell.indicator]["does"]
    text = (
        f"In {when}, {number(cell)} per cent of {base_of(cell.indicator, age)} in {country} "
        f"{does}{_bracket(cell)}"
    )
    return Said(text, uses(cell))


def persons_sentence(cell: Cell, country: str, when: str) -> Said:
    """Say a number of persons with its interval, place and date."""
    text = (
        f"In {when} there were {number(cell)} {PERSONS[cell.indicator]['counts']} in {country}"
        f"{_bracket(cell)}."
    )
    return Said(text, uses(cell))


def compare(first: tuple[str, Cell], second: tuple[str, Cell], when: str, age: str) -> Said:
    """Compare two groups, claiming a difference only where the two intervals do not meet."""
    (name_a, a), (name_b, b) = first, second
    does = RATES[a.indicator]["does"].replace("was ", "were ")
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
        return PERSONS[indicator]["counts"]
    return f"of {base_of(indicator, age)} {RATES[indicator]['does']}"


def _bracket(cell: Cell) -> str:
    limits = interval(cell)
    caution = ", use with caution" if cell.status == "U" else ""
    return f" ({level(cell)} interval {limits}{caution})" if limits else ""


def _short(cell: Cell, name: str) -> str:
    limits = interval(cell)
    caution = ", use with caution" if cell.status == "U" else ""
    within = f" ({limits}{caution})" if limits else ""
    return f"{number(cell)} per cent of {name}{within}"
