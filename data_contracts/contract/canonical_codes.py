"""The closed sets of the canonical columns, and the profile's codes that are not in them; rows are judged elsewhere."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final

from data_contracts.contract.odcs import load_table
from data_contracts.errors import InputError, near
from data_contracts.profile.profile import Profile
from data_contracts.profile.rule import ProfileRule
from data_contracts.yaml_lines import line_of

Keys = list[str | int]
# What stands where a wave has no such column: not asked, or the code list's "unknown".
UNKNOWN: Final = {
    "area_type": "GEO_COV_X",
    "education_aggregate": "EDU_AGGREGATE_X",
    "marital_status": "MTS_X",
    "disability_status": "DSB_STATUS_X",
    "status_icse93": "STE_ICSE93_6",
    "economic_sector": "ECO_SECTOR_X",
    "occupation_major": "OCU_ISCO08_X",
}
NULL_WHEN_UNKNOWN: Final = {"admin1_code", "sex", "industry_isic4_2d", "institutional_sector"}


def usual_blank(column: str) -> str | None:
    """Give what a blank becomes where the profile does not say it; None stays blank."""
    return None if column in NULL_WHEN_UNKNOWN else UNKNOWN.get(column, "no_answer")


def blank_is_open(column: str, rule: ProfileRule) -> bool:
    """Tell a rule that gives a blank no meaning, where the closed set has none for it either."""
    usual, permitted = usual_blank(column), closed_sets().get(column, ())
    coded = rule.from_ is not None and not rule.number
    return coded and rule.blank is None and bool(permitted) and usual not in {None, *permitted}


@cache
def closed_sets() -> Mapping[str, tuple[str, ...]]:
    """Give the permitted codes of every canonical column that has a closed set, in their order."""
    return {
        column.name: tuple(column.valid)
        for table in ("core.person", "core.job")
        for column in load_table(table).columns
        if column.valid
    }


def strange_codes(profile: Profile) -> list[tuple[str, int, str]]:
    """List the codes that a profile maps to and that its canonical columns do not have.

    Returns:
        Canonical column, line of the profile's file (0 where it is none), and the fault in words
        with every code that is permitted.
    """
    found = []
    for column, rule in profile.columns.items():
        permitted = closed_sets().get(column)
        if permitted is None:
            continue
        for keys, code in _given(rule):
            if code in permitted:
                continue
            place: Keys = ["columns", column, *keys]
            line = line_of(profile.path, place) if profile.path is not None else 0
            said = (
                f"{code} is no code of {column}{near(code, permitted)} "
                f"(permitted: {', '.join(permitted)})"
            )
            found.append((column, line, said))
    return found


def refuse_strange_codes(profile: Profile) -> None:
    """Refuse a profile that maps to codes outside a closed set.

    Raises:
        InputError: naming every such code with its line and what is permitted.
    """
    found = strange_codes(profile)
    if not found:
        return
    said = "; ".join(f"line {line}: {text}" if line else text for _, line, text in found)
    raise InputError(
        said,
        "write one of the permitted codes",
        file=profile.path.name if profile.path else profile.survey_id,
    )


def _given(rule: ProfileRule) -> Iterator[tuple[Keys, str]]:
    """Give every canonical code that a rule may write, with the keys of its place in the rule."""
    for raw, code in (rule.codes or {}).items():
        yield ["codes", raw], code
    for i, case in enumerate(rule.cases or ()):
        yield ["cases", i, "then"], case.then
    for key, given in (("else", rule.else_), ("other", rule.other), ("blank", rule.blank)):
        if given is not None:
            yield [key], given
