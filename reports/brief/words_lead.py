"""Sentences of the brief's headline, lead and key figures; each is a function of the cells printed in it."""

from data_contracts.catalogue.key_figures import Form, key_figures
from reports.model import Cell, Said
from reports.wording.numbers import interval, level, number, uses
from reports.wording.terms import answer_of, base_of


def rate_sentence(cell: Cell, country: str, when: str, age: str) -> Said:
    """Say a rate with numerator, denominator, place, date and interval."""
    does = answer_of(cell.indicator).says
    text = (
        f"In {when}, {number(cell)} per cent of {base_of(cell.indicator, age)} in {country} "
        f"{does}{_bracket(cell)}"
    )
    return Said(text, uses(cell))


def persons_sentence(cell: Cell, country: str, when: str) -> Said:
    """Say a number of persons with its interval, place and date."""
    text = (
        f"In {when} there were {number(cell)} {answer_of(cell.indicator).says} in {country}"
        f"{_bracket(cell)}."
    )
    return Said(text, uses(cell))


def compare(first: tuple[str, Cell], second: tuple[str, Cell], when: str, age: str) -> Said:
    """Compare two groups, claiming a difference only where the two intervals do not meet."""
    (name_a, a), (name_b, b) = first, second
    does = answer_of(a.indicator).says.replace("was ", "were ")
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


def with_register(said: Said, without: Cell) -> Said:
    """Add to the headline who has no contribution in the register, where that is known."""
    if not without.published:
        return said
    text = (
        f"{said.text}; by the register, made comparable with the survey, {number(without)} per cent had no "
        f"contribution{_bracket(without)}"
    )
    return Said(text, (*said.uses, *uses(without)))


def tile_label(name: str, form: Form, age: str) -> str:
    """Say under a key figure what it counts or is a share of."""
    told = dict(key_figures()[name].answers)[form]
    return f"of {told.of.format(age=age)} {told.says}" if told.of else told.says


def _bracket(cell: Cell) -> str:
    limits = interval(cell)
    caution = ", use with caution" if cell.status == "U" else ""
    return f" ({level(cell)} interval {limits}{caution})" if limits else ""


def _short(cell: Cell, name: str) -> str:
    limits = interval(cell)
    caution = ", use with caution" if cell.status == "U" else ""
    within = f" ({limits}{caution})" if limits else ""
    return f"{number(cell)} per cent of {name}{within}"
