"""Published figures and quotients as lines of the audit, with interval, confidence and source; nothing is derived."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from analyses.published.arithmetic import Quotient, ratio
from analyses.published.figures import WEAKEST_FIRST, Figures, PublishedFile
from analyses.published.quantity import Quantity
from data_contracts.errors import InputError


@dataclass(frozen=True)
class AuditLine:
    """One figure of the audit: a quantity, or a quotient in percent, with its interval.

    ``limits`` says what the interval is (``exact``, ``rounding``, ``bound``), ``kind`` whether the
    figure is ``published``, ``assumed``, ``implied``, a ``proportion`` or a ``ratio``; ``confidence`` is that of
    the weakest figure it rests on (H, M, L).
    """

    id: str
    said: str
    value: float
    low: float
    high: float
    unit: str
    limits: str
    kind: str
    period: str
    confidence: str
    source: str
    footnotes: tuple[str, ...]


def quantity_line(published: PublishedFile, q: Quantity) -> AuditLine:
    """Write a quantity as a line of the audit."""
    words = published.words.get(q.id, {})
    from_what = " and ".join(root.name for root in q.roots)
    return AuditLine(
        q.id,
        words.get("said", f"{q.name}, from {from_what}"),
        q.value,
        q.low,
        q.high,
        q.unit,
        q.limits,
        "implied" if q.rests_on else words.get("kind", "published"),
        q.period,
        _confidence(published, q),
        q.source,
        q.footnotes,
    )


def quotient_lines(
    published: PublishedFile, figures: Figures, entry: Mapping[str, Any]
) -> list[AuditLine]:
    """Give a declared quotient in percent, its rest to 100, or both.

    Args:
        published: the declared file.
        figures: as given by ``derive``.
        entry: ``over`` names the two figures; ``said`` and ``rest`` are the words of the quotient
            and of one minus it, each shown where it has words; the quotient where neither has.

    Raises:
        InputError: a figure is not known.
        Refused: the two must not be divided.
    """
    for name in entry["over"]:
        if name not in figures:
            raise InputError(f"the ratio names the unknown figure {name}", "mend the name")
    above, below = (figures[name] for name in entry["over"])
    q = ratio(above, below, allow_mixed_dates=True)
    if "said" not in entry and "rest" not in entry:
        return [_quotient_line(published, q, f"{above.name} over {below.name}")]
    lines = [_quotient_line(published, q, entry["said"])] if "said" in entry else []
    if "rest" in entry:
        lines.append(_quotient_line(published, q.rest, entry["rest"], "1-"))
    return lines


def _quotient_line(published: PublishedFile, q: Quotient, said: str, before: str = "") -> AuditLine:
    both = (q.numerator, q.denominator)
    kinds = sorted({root.limits for one in both for root in one.roots} - {"exact"})
    return AuditLine(
        f"{before}{q.numerator.id}/{q.denominator.id}",
        said,
        100 * q.value,
        100 * q.low,
        100 * q.high,
        "percent",
        " and ".join(kinds) or "exact",
        q.kind,
        " over ".join(dict.fromkeys(one.period for one in both)),
        _confidence(published, *both),
        "; ".join(dict.fromkeys(root.source for one in both for root in one.roots)),
        q.footnotes,
    )


def _confidence(published: PublishedFile, *quantities: Quantity) -> str:
    told = {str(published.words[root.id]["confidence"]) for q in quantities for root in q.roots}
    return min(told, key=WEAKEST_FIRST.index)
