"""All checks of a survey wave run over one subject; which check does what is declared elsewhere."""

from collections.abc import Mapping, Sequence

from analyses.quality import (
    external,
    format,  # noqa: A004 - the block's own name
    heaping,
    household,
    informality,
    plausible,
    shares,
    wage,
    waves,
    weights,
)
from analyses.quality.finding import FAILED, PASSED, WARNING, QualityFinding
from analyses.quality.subject import Check, FindingRows, Subject, not_applicable
from data_contracts.errors import InputError
from data_contracts.quality.rules import QualityRule, load_rules

_COMPUTED: Mapping[str, Check] = {
    check.__name__: check
    for check in (
        external.published_margin,
        external.urban_share,
        format.columns_have_answers,
        format.columns_vary,
        format.industry_of_this_revision,
        format.key_columns_vary,
        format.keys_unique,
        format.earnings_of_the_employed,
        heaping.age_whipple,
        heaping.age_myers,
        heaping.age_abcc,
        heaping.earnings_heaping,
        heaping.hours_heaping,
        household.household_key,
        household.household_size,
        household.household_large,
        household.household_has_adult,
        household.household_in_one_psu,
        household.household_in_one_place,
        household.psu_in_one_stratum,
        household.psu_has_households,
        informality.step_share,
        plausible.sex_signs,
        plausible.sex_swapped,
        plausible.sex_ratio,
        plausible.area_signs,
        plausible.covered_more_often_in_government,
        shares.missing_share,
        wage.earnings_rise_with_education,
        wage.earnings_rise_with_skill,
        wage.earnings_by_sector,
        wage.earnings_outliers,
        waves.file_of_another_wave,
        waves.households_of_another_wave,
        waves.households_copied,
        weights.weights_sum_to_population,
        weights.weights_differ,
        weights.weights_range,
        weights.weights_ratio,
        weights.weights_design_effect,
        weights.weights_within_household,
        weights.weights_whole,
    )
} | {"area_swapped": plausible.area_signs}


def judge(subject: Subject, severities: Sequence[str] = ("error", "warning")) -> list[FindingRows]:
    """Run the declared checks of some severities, in the order of their declaration.

    Args:
        subject: the wave.
        severities: ``error`` alone is what a file must pass before anything is stored.

    Returns:
        At least one outcome a check; the reader's notes come first, as warnings.

    Raises:
        InputError: a check is declared and not written.
    """
    outcomes = _intake(subject) if WARNING in severities else []
    for rule in load_rules("survey").values():
        if rule.severity in severities:
            outcomes += _judged(subject, rule)
    return outcomes


def blocking(outcomes: Sequence[FindingRows]) -> list[QualityFinding]:
    """List the findings that refuse the file."""
    return [outcome.finding for outcome in outcomes if outcome.finding.blocking]


def _judged(subject: Subject, rule: QualityRule) -> list[FindingRows]:
    lacking = subject.lacking(rule)
    if lacking:
        return [not_applicable(subject, rule, lacking)]
    check = shares.declared_share if rule.among is not None else _COMPUTED.get(rule.id)
    if check is None:
        raise InputError(
            f"the check {rule.id} is declared and not written",
            "write it in analyses/quality and name it in analyses/quality/judge.py",
            file="survey.yaml",
        )
    return list(check(subject, rule)) or [not_applicable(subject, rule, "no column to judge")]


def _intake(subject: Subject) -> list[FindingRows]:
    """Give what the reader of the file noted, one finding a note."""
    statement = "The file could be read without any assumption."
    if not subject.notes:
        return [FindingRows(_note(subject, PASSED, "all", statement, ""))]
    return [
        FindingRows(_note(subject, FAILED, f"note {number}", statement, note))
        for number, note in enumerate(subject.notes, 1)
    ]


def _note(
    subject: Subject, status: str, category: str, statement: str, reason: str
) -> QualityFinding:
    return QualityFinding(
        subject.survey_id,
        "reader_notes",
        "intake",
        WARNING,
        status,
        statement,
        category=category,
        scope="the file as read",
        reason=reason,
    )
