"""The whole audit of the published figures in one call; its parts live in the published_* modules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from analyses.published.bases import BaseTry, try_bases, verdicts
from analyses.published.figures import (
    FILE,
    AuditLine,
    derive,
    load_published,
    quantity_line,
    ratio_lines,
)
from analyses.published.flags import Flag, flags


@dataclass(frozen=True)
class Audit:
    """What was found.

    Attributes:
        quantities: every figure, published and implied, with its interval.
        ratios: the quotients that may be printed, in percent.
        bases: each printed percentage over each base that was tried.
        verdicts: a sentence for each printed percentage, by its id.
        flags: contradictions and traps, judged over the rounding.
        wording: contradictions in words alone.
    """

    quantities: Sequence[AuditLine]
    ratios: Sequence[AuditLine]
    bases: Sequence[BaseTry]
    verdicts: Mapping[str, str]
    flags: Sequence[Flag]
    wording: Sequence[str]


def audit(path: Path = FILE) -> Audit:
    """Audit the figures declared in ``path``.

    Raises:
        InputError: the file is not as data_contracts/published/figures.yaml.
    """
    published = load_published(path)
    figures = derive(published.figures)
    tries = try_bases(published, figures)
    return Audit(
        quantities=[quantity_line(published, q) for q in figures.values()],
        ratios=ratio_lines(published, figures),
        bases=tries,
        verdicts=verdicts(published, tries),
        flags=flags(published, figures),
        wording=tuple(published.wording),
    )
