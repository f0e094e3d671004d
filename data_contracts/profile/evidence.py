"""Whether a wave asked enough to decide a status at all: evidence, never its absence; rows are judged elsewhere."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from data_contracts.catalogue.indicators import Asked
from data_contracts.decision_table import all_tables
from data_contracts.profile.profile import Profile

Has = Callable[..., bool]  # are all of these columns asked
EMPLOYMENT, ABSENCE, JOBLESS, EMPLOYEE, UNIT = (
    "employment_evidence", "absence_evidence", "jobless_evidence", "employee_evidence",
    "unit_evidence",
)  # fmt: skip
NO_UNIT: Final = (
    "the kind of institutional unit was not asked in the survey, and the ILO's rules do not compute "
    "informality without it"
)
NOTHING_OF_THE_UNIT: Final = (
    "bookkeeping, registration and size of the unit were not asked, so the sector of a private unit "
    "cannot be told"
)
SIZE_ALONE: Final = (
    "bookkeeping and registration were not asked, and size counts at fixed premises only "
    "(size_requires_fixed_premises), of which nothing was asked"
)
NOTHING_OF_THE_JOB: Final = (
    "no question speaks for an employee's job: neither the employer's contribution nor both paid "
    "annual and paid sick leave were asked"
)
OWN_MAY_SPEAK: Final = (
    "; the wave asks whether employees contribute themselves: parameters.employee_contribution: own "
    "lets that speak"
)
NOT_BOTH: Final = (
    "work for pay and work in an own or family business were not both asked (where one question asks "
    "for any work, map it to worked_for_pay and worked_for_profit)"
)
NO_ABSENCE: Final = (
    "temporary absence from a job, with its reason, return or pay, was not asked, so absent workers "
    "are not counted as employed"
)
NO_SEARCH: Final = "looking for work and availability were not both asked"


def evidence(profile: Profile, asked: Mapping[str, Asked]) -> dict[str, Asked]:
    """Say for each status whether the wave asked what can decide it, and if not, what lacks.

    The steps of the decision tables in ``data_contracts/rules`` give a row no result where
    nothing was asked; here the same is said of a whole wave, so that no figure stands on the few
    rows that happen to be decided.

    Args:
        profile: the wave's profile, for its parameters.
        asked: canonical column to whether the wave has it.

    Returns:
        ``employment_evidence``, ``absence_evidence``, ``jobless_evidence``,
        ``employee_evidence`` and ``unit_evidence``, as if they were columns.
    """

    def has(*names: str) -> bool:
        return all(name in asked and asked[name].usable for name in names)

    given = has("lfs_status_given")
    business = has("worked_for_profit") or has("helped_family_business")
    attached = any(map(has, ("absence_reason", "absence_return_3m", "absence_paid")))
    return {
        EMPLOYMENT: _said(given or (has("worked_for_pay") and business), NOT_BOTH),
        ABSENCE: _said(given or (has("absent_job") and attached), NO_ABSENCE),
        JOBLESS: _said(given or has("searched", "available_2w"), NO_SEARCH),
        EMPLOYEE: _said(*_employee(profile, has)),
        UNIT: _said(*_unit(profile, has)),
    }


def _said(usable: bool, reason: str) -> Asked:
    return Asked(usable, "" if usable else reason)


def _employee(profile: Profile, has: Has) -> tuple[bool, str]:
    leaves = has("paid_annual_leave", "paid_sick_leave")
    if has("employer_social_contribution") or leaves:
        return True, ""
    own = has("social_security")
    if own and parameter(profile, "employee_contribution") == "own":
        return True, ""
    return False, NOTHING_OF_THE_JOB + (OWN_MAY_SPEAK if own else "")


def _unit(profile: Profile, has: Has) -> tuple[bool, str]:
    if not has("institutional_unit"):
        return False, NO_UNIT
    if has("bookkeeping") or has("registration"):
        return True, ""
    premises = parameter(profile, "size_requires_fixed_premises")
    if not has("enterprise_size") or premises == "unused":
        return False, NOTHING_OF_THE_UNIT
    return (True, "") if premises is False or has("workplace_type") else (False, SIZE_ALONE)


def parameter(profile: Profile, name: str) -> object:
    """Give a parameter of the decision tables as the wave takes it: its own choice, else the default."""
    defaults = {key: one.default for table in all_tables() for key, one in table.parameters.items()}
    return profile.parameters.get(name, defaults[name])


def told(profile: Profile, asked: Mapping[str, Asked]) -> dict[str, Asked]:
    """Say whether a wave can tell the sector of a unit and the nature of a job.

    Args:
        profile: the wave's profile.
        asked: as for ``evidence``, with what it gives.

    Returns:
        ``unit_of_production`` and ``nature_of_job``, with the first reason against them.
    """
    refused = profile.unavailable.get("informality")
    icse = asked.get(
        "status_icse93", Asked(usable=False, reason="status in employment was not asked")
    )
    unit = [Asked(refused is None, refused or ""), icse, asked[UNIT]]
    return {
        "unit_of_production": _first_against(unit),
        "nature_of_job": _first_against([*unit, asked[EMPLOYEE]]),
    }


def _first_against(parts: Sequence[Asked]) -> Asked:
    return next((one for one in parts if not one.usable), Asked(usable=True, reason=""))
