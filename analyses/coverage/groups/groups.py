"""The groups that policy asks about: their definitions, and which wave can tell them; no figure is made here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

import yaml

from data_contracts.catalogue.indicators import Indicator, catalogue, computability
from data_contracts.conditions import Condition, columns
from data_contracts.errors import InputError, Refused
from data_contracts.profile.plan import WavePlan

HEADLINE = (
    "employed", "informal_employment_rate", "social_security_coverage",
    "social_security_coverage_employees", "coverage_gap", "coverage_gap_rate",
)  # fmt: skip
OVERLAP = "Groups overlap: their figures are not added."
# For employees the nature of the job follows from the social-security answer (17th ICLS, ILO tree).
ANSWERS = {"social_security", "employer_social_contribution"}
DERIVED = {"nature_of_job", "unit_of_production"}
SELF_EMPLOYED = {"STE_ICSE93_2", "STE_ICSE93_3", "STE_ICSE93_4", "STE_ICSE93_5"}


@dataclass(frozen=True)
class Group:
    """One entry of ``data_contracts/catalogue/groups.yaml``.

    Args:
        id: the group's id.
        title: its name in words.
        source: where the definition comes from.
        condition: who belongs, over canonical columns.
        requires: canonical columns it cannot do without; a tuple means any one of them.
        improves: canonical columns whose absence makes it partial.
        size_cuts: numbers of workers that the wave's answers must tell from the number below.
        base: among whom a person may belong, where not everybody tells.
        told: which of the base tell whether they belong.
        partial: wave to what is unsure in it.
        unavailable: wave to why it cannot tell the group.
        note: what the reader must know beside the figure.
    """

    id: str
    title: str
    source: str
    condition: Condition
    requires: tuple[tuple[str, ...], ...]
    improves: tuple[str, ...] = ()
    size_cuts: tuple[int, ...] = ()
    base: Condition | None = None
    told: Condition | None = None
    partial: Mapping[str, str] = field(default_factory=dict)
    unavailable: Mapping[str, str] = field(default_factory=dict)
    note: str | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns its conditions read, sorted."""
        parts = [c for c in (self.condition, self.base, self.told) if c is not None]
        return tuple(sorted({name for part in parts for name in columns(part)}))


def groups() -> dict[str, Group]:
    """Load the groups, by id, in the order of the file.

    Raises:
        InputError: an entry lacks a field or has an unknown one.
    """
    text = (files("data_contracts") / "catalogue" / "groups.yaml").read_text(encoding="utf-8")
    return {name: _group(name, entry) for name, entry in yaml.safe_load(text).items()}


def _group(name: str, entry: Mapping[str, Any]) -> Group:
    fields = dict(entry)
    for key in ("improves", "size_cuts"):
        fields[key] = tuple(entry.get(key, ()))
    requires = entry.get("requires", ())
    fields["requires"] = tuple((one,) if isinstance(one, str) else tuple(one) for one in requires)
    try:
        made = Group(id=name, **fields)
    except TypeError:
        made = None
    if made is None or not made.requires or (made.base is None) != (made.told is None):
        raise InputError(
            f"group {name} lacks a field, has an unknown one, or gives base without told",
            "see the fields of Group in analyses/coverage/groups/groups.py",
            file="groups.yaml",
        )
    return made


def headline() -> list[Indicator]:
    """Give the indicators that each group is estimated for."""
    known = catalogue()
    return [known[name] for name in HEADLINE]


def refuse_circles(
    chosen: Iterable[Group], indicators: Iterable[Indicator], breakdowns: Sequence[str] = ()
) -> None:
    """Refuse figures that a group's own definition decides.

    Coverage of informal employees is 0 by construction: for employees the nature of the job follows
    from the social-security answer. So coverage is refused for groups and breakdowns that read the
    nature of the job or its sector, but for those of the self-employed (ICSE-93 groups 2 to 5) alone,
    and the informal rate for all that read the nature, its sector or the answers behind them.

    Raises:
        Refused: naming the group or breakdown and the indicator.
    """
    wanted = list(indicators)
    readers = [(g.id, set(columns(g.condition)), _of_the_self_employed(g)) for g in chosen]
    readers += [(name, {name}, False) for name in breakdowns]
    for name, read, self_employed in readers:
        barred = ANSWERS if self_employed else ANSWERS | DERIVED
        for indicator in wanted:
            outcome = set(indicator.columns)
            coverage = bool(outcome & ANSWERS) and bool(read & barred)
            nature = bool(outcome & DERIVED) and bool(read & (DERIVED | ANSWERS))
            if coverage or nature:
                raise Refused(
                    f"within {name}, {indicator.id} is decided by how {name} is defined: for "
                    "employees the nature of the job follows from the social-security answer",
                    "ask for all employees, or for informal workers who are not employees",
                )


def _of_the_self_employed(group: Group) -> bool:
    """Tell whether every way into the group is by a status from 2 to 5."""
    ways = [group.condition] if isinstance(group.condition, Mapping) else group.condition
    tests = [way.get("status_icse93") for way in ways]
    return all(isinstance(test, list | tuple) and set(test) <= SELF_EMPLOYED for test in tests)


def verdict(group: Group, indicator: Indicator, wave: WavePlan) -> tuple[str, str]:
    """Tell whether a wave can give an indicator for a group.

    Returns:
        COMPUTABLE, PARTIAL or NOT COMPUTABLE, and the reason in words (empty when computable).
    """
    if wave.survey_id in group.unavailable:
        return "NOT COMPUTABLE", _sentence(group.unavailable[wave.survey_id])
    if indicator.standard in wave.refused:
        return "NOT COMPUTABLE", _sentence(wave.refused[indicator.standard])
    both = indicator.model_copy(
        update={
            "requires": tuple(dict.fromkeys(group.requires + indicator.requires)),
            "improves": tuple(dict.fromkeys(group.improves + indicator.improves)),
        }
    )
    status, reason = computability(both, wave.asked)
    if status == "NOT COMPUTABLE":
        return status, reason
    blurred = [cut for cut in group.size_cuts if any(_straddles(a, cut) for a in wave.sizes)]
    if blurred:
        said = " and ".join(str(cut) for cut in blurred)
        return "NOT COMPUTABLE", f"One answer about size lies on both sides of {said} workers."
    unsure = group.partial.get(wave.survey_id)
    if unsure is None:
        return status, reason
    return "PARTIAL", f"{_sentence(unsure)} {reason}".strip()


def _straddles(answer: tuple[int, int | None], cut: int) -> bool:
    low, high = answer
    return low < cut and (high is None or high >= cut)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:].removesuffix(".") + "."
