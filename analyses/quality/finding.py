"""What one quality check found: counts and measures, never values of a person's record."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields

import polars as pl

PASSED, FAILED, NOT_APPLICABLE = "passed", "failed", "not_applicable"
ERROR, WARNING = "error", "warning"
BLOCKS = (
    "intake", "format", "external", "missing", "bivariate", "wage", "informality", "weights",
    "household", "waves", "heaping", "register",
)  # fmt: skip
_TYPES = {"failed": pl.Int64, "checked": pl.Int64} | dict.fromkeys(
    ("measure", "low", "high"), pl.Float64
)


@dataclass(frozen=True)
class QualityFinding:
    """One check on one category of one survey or register; a row of est.quality.

    Attributes:
        survey_id: the wave, or LSSO for the register.
        check_id: the check, as declared in data_contracts/quality.
        category: ``all``, or the code of a code list that the finding is about.
        block: one of BLOCKS.
        severity: ``error`` blocks, ``warning`` is shown.
        status: ``passed``, ``failed`` or ``not_applicable``.
        scope: tables and columns it looks at.
        failed: rows (or groups) that break the rule.
        checked: rows (or groups) the rule was applied to.
        measure: the figure compared, in the unit that the statement names.
        low: lower limit the measure must keep.
        high: upper limit the measure must keep.
        statement: what must hold, in words.
        reason: why the check is not applicable; for a failure, what the figure suggests.
    """

    survey_id: str
    check_id: str
    block: str
    severity: str
    status: str
    statement: str
    category: str = "all"
    scope: str = ""
    failed: int = 0
    checked: int = 0
    measure: float | None = None
    low: float | None = None
    high: float | None = None
    reason: str = ""

    @property
    def blocking(self) -> bool:
        """Whether the finding refuses the file."""
        return self.severity == ERROR and self.status == FAILED

    @property
    def share(self) -> float | None:
        """Failed over checked; None where nothing was checked."""
        return self.failed / self.checked if self.checked else None


def frame(findings: Iterable[QualityFinding]) -> pl.DataFrame:
    """Give findings as rows of est.quality, in the order of its key."""
    schema = {field.name: _TYPES.get(field.name, pl.String) for field in fields(QualityFinding)}
    rows = [asdict(finding) for finding in findings]
    return pl.DataFrame(rows, schema=schema).sort("survey_id", "check_id", "category")
