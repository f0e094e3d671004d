"""Every label, number format and sentence of the page on the coverage gap; no table is read here.

A sentence is a function of the cells printed in it, so that it cannot disagree with them.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from reports.brief import wording
from reports.coverage.cells import MILLION_KIP, PERSONS, Step
from reports.model import Cell

STAGES: Final = {
    "employed": "Employed persons",
    "legally_covered": "Covered by law",
    "registered_unit": "In a registered unit",
    "affiliated": "Affiliated",
    "active_contributor": "Active contributors",
    "self_reported_covered": "Say that they contribute",
    "due_legal": "Due by law",
    "due_registered": "Due in registered units",
    "due_affiliated": "Due for affiliated persons",
    "due_active": "Due for active contributors",
    "due_declared": "Due on declared earnings",
    "paid": "Paid",
}
GAPS: Final = {
    "legal": "not covered by law",
    "registration": "unit not registered",
    "affiliation": "not affiliated",
    "payment": "no contribution",
    "under_declaration": "earnings under-declared",
    "arrears": "declared, not paid",
    "self_report": "do not say that they contribute",
    "legal_unknown": "legal status unknown",
    "registration_unknown": "registration unknown",
    "self_report_unknown": "no answer",
}
# stage before and stage -> where the step lies, and what holds of what is lost there
LIES: Final = {
    ("employed", "legally_covered"): (
        "between employment and the law",
        "no compulsory scheme covers the job",
    ),
    ("legally_covered", "registered_unit"): (
        "between the law and registration",
        "the law covers the job and its unit is not known to be registered",
    ),
    ("registered_unit", "affiliated"): (
        "between registration and affiliation",
        "the unit is registered and the person is not affiliated",
    ),
    ("affiliated", "active_contributor"): (
        "between affiliation and payment",
        "the person is affiliated and no contribution was posted",
    ),
    ("due_legal", "due_registered"): (
        "between the law and registration",
        "the law covers the job and its unit is not known to be registered",
    ),
    ("due_registered", "due_affiliated"): (
        "between registration and affiliation",
        "the unit is registered and the person is not affiliated",
    ),
    ("due_affiliated", "due_active"): (
        "between affiliation and payment",
        "the person is affiliated and no contribution was posted",
    ),
    ("due_active", "due_declared"): (
        "between true and declared earnings",
        "less is declared than is earned",
    ),
    ("due_declared", "paid"): ("between declaration and payment", "what is declared is not paid"),
}
BRANCHES: Final = {
    "compulsory": "compulsory schemes",
    "public": "public scheme",
    "enterprise": "enterprise scheme",
    "voluntary": "voluntary scheme",
    "total": "all schemes",
    "all": "all employed persons",
}
SOURCES: Final = {"survey": "survey", "register": "register", "both": "survey and register"}
CONCEPTS: Final = {
    "affiliated": "Affiliated members",
    "active_contributor": "Active contributors",
}
ADJUSTMENTS: Final = {
    "duplicates": "Duplicates: second records of a person",
    "dormant": "Dormant: no contribution posted for the window",
    "dormant_net": "Dormant, less those whose payments come late",
    "late_posting": "Late posting: persons still to come",
    "late_payment": "Late payment: kip still to come",
    "geography": "Geography: residents per 100 registered",
    "foreigners": "Foreign nationals",
    "armed_forces": "Armed forces",
    "sensitivity": "Sensitivity of the survey's answer",
    "specificity": "Specificity of the survey's answer",
}
ORIGINS: Final = {
    "estimated": "estimated",
    "given": "given (assumed)",
    "register": "counted in the register",
    "survey": "survey",
    "both": "survey and register",
}
BRIDGE: Final = {
    "lsso_says": "The register says",
    "pensioners": "Pensioners",
    "armed_forces": "Armed forces",
    "left": "Members who left",
    "deceased": "Members who died",
    "not_yet": "Members from a later date",
    "age": "Age",
    "residence": "Residence",
    "foreigners": "Foreign nationals",
    "duplicates": "Duplicates",
    "dormant": "Dormant",
    "late_posting": "Late posting",
    "dependants": "Dependants",
    "geography": "Workplace to residence",
    "misreport": "Misreport in the survey",
    "sampling": "Sampling error of the survey",
    "unexplained": "Unexplained",
    "lfs_says": "The survey says",
}
LEGEND: Final = (*wording.LEGEND, ("n/c", "not computable; the reason is given"))


# ---- numbers -------------------------------------------------------------------------------


def figure(cell: Cell, field: str = "value") -> str:
    """Write one field of a published cell: whole persons and millions of kip, percent to 0.1."""
    value = wording.field_of(cell, field)
    if value is None:
        return wording.number(cell, field)  # refuses, with the reason
    if cell.unit in {PERSONS, MILLION_KIP}:
        return wording.count(value)
    return wording.one_decimal(value + 0.0)  # a rounded minus nothing is nothing


def marked(cell: Cell) -> str:
    """Write a cell for a table: with ``*`` where caution is due, ``x`` withheld, ``..`` not there."""
    if not cell.published:
        return wording.WITHHELD if cell.withheld else wording.ABSENT
    return figure(cell) + (wording.UNRELIABLE if cell.status == "U" else "")


def span(cell: Cell) -> str:
    """Write the limits with an en dash, or ``to`` where a limit is negative; empty if none."""
    if not cell.published or cell.lower is None or cell.upper is None:
        return ""
    dash = " to " if cell.lower < 0 else "–"  # noqa: RUF001
    return f"{figure(cell, 'lower')}{dash}{figure(cell, 'upper')}"


def signed(cell: Cell) -> str:
    """Write a difference with its sign, a minus sign where it is negative."""
    text = marked(cell)
    return f"+{text}" if cell.published and (cell.value or 0) > 0 else text


def lost(gap: Cell) -> str:
    """Write a gap as what it does to the stage before: a gap takes away, a negative one adds."""
    text = marked(gap)
    if not gap.published or not gap.value:
        return text
    return f"+{text[1:]}" if gap.value < 0 else f"−{text}"  # noqa: RUF001


def prose(note: str) -> str:
    """Write a table's note as a sentence: names as words, true minus signs, capital and full stop."""
    for name in ADJUSTMENTS:
        note = note.replace(name, name.replace("_", " "))
    return sentence(re.sub(r"(?<!\w)-(?=\d)", "−", note.strip().rstrip(".")))  # noqa: RUF001


def unit_of(cell: Cell) -> str:
    """Name a cell's unit after its number."""
    return {PERSONS: "persons", MILLION_KIP: "million kip a month"}.get(cell.unit, "per cent")


def bracket(cell: Cell) -> str:
    """Write the interval in brackets, with a word of caution where it is due."""
    limits = span(cell)
    caution = ", use with caution" if cell.status == "U" else ""
    return f" ({wording.level(cell)} interval {limits}{caution})" if limits else ""


def plain(cell: Cell) -> str:
    """Write a figure inside a sentence."""
    if not cell.published:
        return "a number that is withheld" if cell.withheld else "a number that is not available"
    return figure(cell)


def said(cell: Cell) -> str:
    """Write a figure inside a sentence, with its interval."""
    return f"{plain(cell)}{bracket(cell)}"


# ---- sentences -----------------------------------------------------------------------------


def answer(found: Mapping[str, Cell], age: int = 15) -> str:
    """Say how many should be covered by law and how many pay, or what the employed say of themselves.

    Args:
        found: stage -> its cell; ``employed`` is always among them.
        age: the youngest who are counted.

    Returns:
        A sentence without its full stop.
    """
    employed = found["employed"]
    when = wording.period(employed.denominator_date)
    base = f"Of {plain(employed)} employed persons aged {age} and over in {when}, "
    if "legally_covered" in found:
        text = f"{base}the law puts {said(found['legally_covered'])} under a compulsory scheme"
        if "active_contributor" not in found:
            return f"{text}; no register says how many pay"
        active = found["active_contributor"]
        month = wording.period(active.numerator_date)
        return (
            f"{text}, and {said(active)} paid contributions to one in the twelve months to {month}"
        )
    if "self_reported_covered" in found:
        return f"{base}{said(found['self_reported_covered'])} say that they contribute to social security"
    return f"{base}nothing further is published"


def widest(steps: Sequence[Step], among: str = "") -> str:
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
        f"({figure(first.gap)} {unit_of(first.gap)}{part}; {wording.level(first.gap)} interval "
        f"{span(first.gap)})"
    ) + _order(first, [step for step in shown if step is not first])


def _where(step: Step) -> tuple[str, str]:
    """Say where a step lies; where stages are missing between, by the names of its two ends."""
    ends = f"between “{_stage(step.before)}” and “{_stage(step.stage)}”"
    return LIES.get((step.before, step.stage), (ends, ""))


def _stage(name: str) -> str:
    return STAGES.get(name, name.replace("_", " "))


def sentence(text: str) -> str:
    """Begin with a capital letter and end with a full stop."""
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def _order(first: Step, others: Sequence[Step]) -> str:
    meeting = [GAPS.get(o.component, o.component) for o in others if not _apart(first.gap, o.gap)]
    if meeting:
        return f"; its interval meets that of “{'” and “'.join(meeting)}”, so no order is claimed"
    return ""


def _apart(wide: Cell, narrow: Cell) -> bool:
    return wide.lower is not None and narrow.upper is not None and wide.lower > narrow.upper


def negative(before: Step, step: Step) -> str:
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


def signs(steps: Sequence[Step]) -> str:
    """Warn that shares mean little where gaps have both signs; empty where they have one."""
    values = [step.gap.value for step in steps if step.gap.published and not step.is_part]
    if not any(value is not None and value < 0 for value in values):
        return ""
    return "A gap is negative, so single shares may lie outside 0 to 100 per cent."


def tile(stage: str, age: int = 15) -> str:
    """Say under a key figure what it counts."""
    return {
        "employed": f"employed persons, aged {age} and over",
        "legally_covered": "of them covered by law (compulsory)",
        "registered_unit": "of these work in a registered unit",
        "affiliated": "affiliated persons (register, adjusted)",
        "active_contributor": "active contributors (register, adjusted)",
        "self_reported_covered": "say that they contribute",
    }.get(stage, stage.replace("_", " "))


def tile_interval(cell: Cell) -> str:
    """Write the interval under a key figure."""
    limits = span(cell)
    return f"{wording.level(cell)} interval {limits}" if limits else ""


def missing_stages(steps: Sequence[Step], branch: str, what: str) -> tuple[tuple[str, str], ...]:
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


def unexplained(rows: Sequence[tuple[str, Cell]], first: Cell, last: Cell) -> str:
    """Say how much of the difference between the two sources no row explains.

    Args:
        rows: the unexplained rows of the bridge, each with its label and persons.
        first: what the register says.
        last: what the survey says.
    """
    if not rows:
        return ""
    cell = rows[0][1]
    if not cell.published or cell.value is None:
        return f"Unexplained: {said(cell)}."
    text = f"Unexplained: {signed(cell)} persons{bracket(cell)}"
    if not (first.published and last.published) or first.value is None or last.value is None:
        return f"{text}."
    apart = last.value - first.value
    between = f"the survey's {figure(last)} and the register's {figure(first)}"
    if not apart:
        return f"{text}; {between} do not differ."
    share = wording.one_decimal(abs(100 * cell.value / apart))
    return f"{text}, {share} per cent of the difference between {between}."


def bridge_alt(first: tuple[str, Cell], last: tuple[str, Cell]) -> str:
    """Describe the bridge's figure to a reader who does not see it."""
    return (
        f"Waterfall from {first[0]} ({marked(first[1])} persons) to {last[0]} ({marked(last[1])} "
        "persons). The values are in the table below."
    )


def bridge_label(row: str) -> str:
    """Name a row of the bridge, one that is not known by its own words."""
    return BRIDGE.get(row, row.replace("_", " ")[:1].upper() + row.replace("_", " ")[1:])


def base_rule(rule: str) -> str:
    """Name the base of a contribution."""
    known = {
        "compulsory": "The compulsory contribution by law, employer's and member's part together",
        "voluntary": "A voluntary contribution on the minimum wage, for those who may join",
    }
    return known.get(rule, rule.replace("_", " ").capitalize())


def figure_alt(steps: Sequence[Step], what: str) -> str:
    """Describe a waterfall to a reader who does not see it: every level in order."""
    levels = [
        f"{STAGES.get(s.stage, s.stage)} {marked(s.value)}"
        for s in steps
        if s.computable and not s.is_part
    ]
    return f"Waterfall of {what}: {', '.join(levels)}. The values are in the table below."


def cascade_note(*, from_zero: bool, rises: bool) -> str:
    """Explain the marks of a cascade's waterfall."""
    up = " Ochre and hatched: a negative gap, the next stage is larger." if rises else ""
    return f"{_levels(from_zero=from_zero)}Black lines: 95% intervals.{up}"


def bridge_note(*, from_zero: bool, left_out: bool) -> str:
    """Explain the marks of the bridge's waterfall."""
    rest = " Rows that are worth nothing are in the table alone." if left_out else ""
    return (
        f"{_levels(from_zero=from_zero)}Grey: takes persons away. Ochre and hatched: adds persons. "
        f"Red: unexplained. Black lines: 95% intervals.{rest}"
    )


def _levels(*, from_zero: bool) -> str:
    return "" if from_zero else "Diamonds: levels; the axis does not begin at zero. "


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


def breakdown(code: str) -> str:
    """Name a breakdown of affordability."""
    known = {"earnings_decile": "By decile of earnings", "status_icse93": "By status in employment"}
    return known.get(code, f"By {wording.breakdown_label(code).lower()}")


def category(breakdown_code: str, code: str, labels: Mapping[str, str]) -> str:
    """Name a category; deciles are D01 (lowest earnings) to D10."""
    if breakdown_code == "total":
        return "All who would owe a contribution"
    if breakdown_code == "earnings_decile":
        end = {"D01": " (lowest)", "D10": " (highest)"}.get(code, "")
        return f"Decile {code.removeprefix('D').lstrip('0')}{end}"
    return labels.get(code, code)


# ---- method and caveats --------------------------------------------------------------------

ABSENT_BECAUSE: Final = {
    "cascade": "no cascade of this wave is published",
    "voluntary": "neither law nor register tells of a voluntary scheme here",
    "money": "no amount is published: the law or the earnings give none",
    "sex": "no cascade by sex is published",
    "admin1_code": "no cascade by area is published: the file names none, or the register does not",
    "register": "no register was set against this survey",
    "bridge": "no bridge is published: it needs a register and a survey that asks about contributions",
    "group": "no figures of groups are published for this wave",
    "affordability": "no figures of affordability are published: they need earnings and an amount due",
    "indirect": "no figures of indirect coverage are published: they need all members of each household",
}
REGISTER_MEANS: Final = (
    "A register counts records, a survey counts residents. The register's count A is made comparable: "
    "A* = A x (1 less duplicates less dormant) x (1 plus late posting) x geography, with A without "
    "foreign nationals and armed forces, whom the survey does not hold. The active are those of A*; "
    "the affiliated are A less duplicates. Each coverage below is the adjusted count over the survey's employed."
).replace(" x ", " × ")  # noqa: RUF001
SAMPLING: Final = "the interval is what sampling error alone can make"
NO_LAW: Final = (
    "No law and no register stands behind these steps: the gap is between work and what people say."
)
BRIDGE_MEANS: Final = (
    "Each row says what one difference between the two sources is worth in persons. Rows add up from "
    "the first line (every record and dependant) to the last (who say that they contribute); what none "
    "of them explains is a row of its own."
)
GROUPS_OVERLAP: Final = (
    "Groups overlap (a woman may be home-based and old), so their figures are never added."
)
AFFORDABILITY_MEANS: Final = (
    "The contribution as a share of earnings, among employed persons who would owe one. It says "
    "what a contribution would take, not what anybody is willing to pay."
)
INDIRECT_MEANS: Final = (
    "Living with a covered worker is an upper estimate of protection through the household. It is "
    "not coverage and is never added to the affiliated."
)
VOLUNTARY: Final = (
    "The voluntary scheme stands by itself: no stage adds it to the compulsory schemes. Only where "
    "the survey asks about contributions to any scheme, as in the bridge, is it among all schemes."
)


def both_dates(survey: str, register_id: str, register_date: str) -> str:
    """Print the dates of both sources."""
    if not register_date:
        return f"Survey: {wording.period(survey)}. No register was set against it."
    when, month = wording.period(survey), wording.period(register_date)
    name = register_id.replace("_", " ")
    return f"Survey: {when}. Register ({name}): {month} and the twelve months to it."


def assumed(names: Sequence[str]) -> str:
    """Say which adjustments rest on an assumption."""
    if not names:
        return (
            "No adjustment of the register is assumed: each is estimated from the register itself."
        )
    said_names = "; ".join(ADJUSTMENTS.get(n, n.replace("_", " ")).split(":")[0] for n in names)
    return f"Assumed, not estimated: {said_names}. Their sources stand beside them."


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
            "their adjustments, and each gap carries both (delta method, t with the survey's degrees of "
            "freedom). Intervals of stage totals and of shares are 1.96 standard errors to either side."
        ),
        (
            "The steps describe where persons and money are lost. They are associations, not causes: "
            "closing one step need not bring its persons to the next."
        ),
        (
            "This is about all employed persons and is no model of informal employees: for employees the "
            "answer about social security is part of what makes a job informal."
        ),
        (
            "Persons are rounded to 100, money to 1 million kip and shares to 0.1 after the calculation, so "
            "parts may not add up to totals."
        ),
    )
