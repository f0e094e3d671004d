"""Sentences on the steps of a cascade; each is a function of the cells printed in it, so that it cannot disagree with them."""

from collections.abc import Mapping, Sequence
from typing import Final

from data_contracts.catalogue.key_figures import key_figures
from reports.coverage.cells import CascadeStep
from reports.coverage.words_numbers import bracket, figure, plain, said, span, unit_of
from reports.model import Cell
from reports.wording import numbers, terms
from reports.wording.lists import word_lists

_LISTS: Final = word_lists("coverage")
STAGES: Final[Mapping[str, str]] = _LISTS["stages"]
GAPS: Final[Mapping[str, str]] = _LISTS["gaps"]
# stage before and stage -> where the step lies, and what holds of what is lost there
LIES: Final[Mapping[tuple[str, str], tuple[str, str]]] = {
    (one["before"], one["stage"]): (one["where"], one["who"]) for one in _LISTS["lies"]
}
SOURCES: Final[Mapping[str, str]] = _LISTS["sources"]
BRANCHES: Final[Mapping[str, str]] = _LISTS["branches"]
TILES: Final[Mapping[str, str]] = _LISTS["tiles"]
NO_LAW: Final = (
    "No law and no register stands behind these steps: the gap is between work and what people say."
)


def answer(found: Mapping[str, Cell], age: int = 15) -> str:
    """Say how many should be covered by law and how many pay, or what the employed say of themselves.

    Args:
        found: stage -> its cell; ``employed`` is always among them.
        age: the youngest who are counted.

    Returns:
        A sentence without its full stop.
    """
    employed = found["employed"]
    when = terms.period(employed.denominator_date)
    base = f"Of {plain(employed)} employed persons aged {age} and over in {when}, "
    if "legally_covered" in found:
        text = f"{base}the law puts {said(found['legally_covered'])} under a compulsory scheme"
        if "active_contributor" not in found:
            return f"{text}; no register says how many pay"
        active = found["active_contributor"]
        month = terms.period(active.numerator_date)
        return (
            f"{text}, and the register, made comparable, holds contributions of {said(active)} to one in the "
            f"twelve months to {month}"
        )
    if "self_reported_covered" in found:
        return f"{base}{said(found['self_reported_covered'])} say that they contribute to social security"
    return f"{base}nothing further is published"


def widest(steps: Sequence[CascadeStep], among: str = "") -> str:
    """Say at which step the gap is widest, claiming an order only where intervals do not meet.

    Args:
        steps: the steps that are compared, each with its gap.
        among: who is compared where it is not the whole cascade; then no share is said.

    Returns:
        A clause without its full stop, beginning in lower case; empty where no step is published with
        a gap above zero. A share is said where no gap is negative: else it means little.
    """
    shown = [step for step in steps if step.gap.published and not step.is_part]
    open_steps = [step for step in shown if (step.gap.value or 0) > 0]
    if not open_steps:
        return ""
    first = max(open_steps, key=lambda step: step.gap.value or 0)
    if len(steps) == 1:
        return f"the gap is {figure(first.gap)} {unit_of(first.gap)}{bracket(first.gap)}"
    share = first.share
    one_sign = all((step.gap.value or 0) >= 0 for step in shown)
    told = share.published and one_sign and not among
    most = told and (share.lower if share.lower is not None else 0) > 50
    head = "most of the gap opens" if most else "the widest step is"
    part = f", {figure(share)} per cent of the whole gap" if told else ""
    where, who = _where(first)
    return (
        f"{f'among {among} ' if among else ''}{head} {where}{f', where {who}' if who else ''} "
        f"({figure(first.gap)} {unit_of(first.gap)}{part}; {numbers.level(first.gap)} interval "
        f"{span(first.gap)})"
    ) + _order(first, [step for step in shown if step is not first])


def _where(step: CascadeStep) -> tuple[str, str]:
    """Say where a step lies; where stages are missing between, by the names of its two ends."""
    ends = f"between “{_stage(step.before)}” and “{_stage(step.stage)}”"
    return LIES.get((step.before, step.stage), (ends, ""))


def _stage(name: str) -> str:
    return STAGES.get(name, name.replace("_", " "))


def _order(first: CascadeStep, others: Sequence[CascadeStep]) -> str:
    meeting = [GAPS.get(o.component, o.component) for o in others if not _apart(first.gap, o.gap)]
    if meeting:
        return f"; its interval meets that of “{'” and “'.join(meeting)}”, so no order is claimed"
    return ""


def _apart(wide: Cell, narrow: Cell) -> bool:
    return wide.lower is not None and narrow.upper is not None and wide.lower > narrow.upper


def negative(before: CascadeStep, step: CascadeStep) -> str:
    """Say of a gap below zero that it is none; empty for any other."""
    gap = step.gap
    if not gap.published or gap.value is None or gap.value >= 0:
        return ""
    zero = gap.lower is not None and gap.upper is not None and gap.lower <= 0 <= gap.upper
    end = "; the interval includes zero" if zero else ""
    sources = SOURCES.get(before.source, before.source), SOURCES.get(step.source, step.source)
    why = (
        "the two totals come from different sources"
        if sources[0] != sources[1]
        else "the later stage is counted by itself and not within the earlier one"
    )
    return (
        f"Negative gap at “{GAPS.get(step.component, step.component)}”: {figure(gap)} "
        f"{unit_of(gap)}{bracket(gap)}{end}. “{_stage(step.stage)}” ({sources[1]}) is larger than "
        f"“{_stage(before.stage)}” ({sources[0]}): {why}, and nothing is gained at this step."
    )


def negative_domains(found: Sequence[tuple[str, str]]) -> str:
    """Name the groups that have a negative gap, by step; empty where there is none.

    Args:
        found: each group and the component of its gap.
    """
    steps = dict.fromkeys(component for _, component in found)
    listed = "; ".join(
        f"“{GAPS.get(step, step)}” in {', '.join(name for name, own in found if own == step)}"
        for step in steps
    )
    if not listed:
        return ""
    return f"Negative gaps: {listed}. There the next stage is larger than the one before."


def signs(steps: Sequence[CascadeStep]) -> str:
    """Warn that shares mean little where gaps have both signs; empty where they have one."""
    values = [step.gap.value for step in steps if step.gap.published and not step.is_part]
    if not any(value is not None and value < 0 for value in values):
        return ""
    return "A gap is negative, so single shares may lie outside 0 to 100 per cent."


def tile(stage: str, age: int = 15) -> str:
    """Say under a key figure what it counts."""
    name = TILES.get(stage)
    if name is None:
        return stage.replace("_", " ")
    return dict(key_figures()[name].answers)["persons"].says.format(age=age)


def missing_stages(
    steps: Sequence[CascadeStep], branch: str, what: str
) -> tuple[tuple[str, str], ...]:
    """Give the stages that could not be computed, with their reason; stages of one reason together."""
    reasons: dict[str, list[str]] = {}
    for step in steps:
        if not step.computable and not step.is_part and step.note:
            name = STAGES.get(step.stage, step.stage.replace("_", " ")).lower()
            reasons.setdefault(reason_of(step.note), []).append(name)
    return tuple(
        (f"{what}, {BRANCHES.get(branch, branch)}: {', '.join(names)}", reason)
        for reason, names in reasons.items()
    )


def reason_of(note: str) -> str:
    """Give the reason of a note that says that a figure is not computable."""
    return note.removeprefix("NOT COMPUTABLE").removeprefix(":").strip()
