"""Which base reproduces each printed percentage, found by trying them all; no figure is corrected here."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

from analyses.published.arithmetic import Quotient, ratio
from analyses.published.figures import Claim, Figures, PublishedFile, derive
from analyses.published.quantity import Quantity
from analyses.published.rules import NotAllowed
from data_contracts.errors import InputError

RATE = "informality_rate"


@dataclass(frozen=True)
class BaseTry:
    """One numerator over one base, held against a printed percentage.

    Attributes:
        claim: id of the printed percentage.
        said: the words that were printed.
        printed: the percentage as printed.
        numerator: what was divided.
        base: by what.
        worded: whether the printed words name this base.
        value: the quotient in percent; None where it was refused.
        low: the least that rounding allows.
        high: the most that rounding allows.
        shown: the value at the printed precision.
        finer: the value with one decimal more.
        verdict: ``reproduces`` (every value that rounding allows prints so), ``can reproduce``
            (some do), ``does not``, or ``refused`` (they must not be divided).
        reason: why it was refused.
    """

    claim: str
    said: str
    printed: str
    numerator: str
    base: str
    worded: bool
    value: float | None = None
    low: float | None = None
    high: float | None = None
    shown: str = ""
    finer: str = ""
    verdict: str = "refused"
    reason: str = ""


def try_bases(published: PublishedFile, figures: Figures) -> list[BaseTry]:
    """Hold every declared numerator over every declared base against each printed percentage.

    Raises:
        InputError: a claim names a figure that there is not.
    """
    tries = _of_rate(published)
    for claim in published.claims.values():
        named = {*claim.numerators, *claim.bases}
        if absent := sorted(named - set(figures)):
            raise InputError(
                f"the claim {claim.id} names the unknown figures {', '.join(absent)}",
                "mend the names",
            )
        for above, below in product(claim.numerators, claim.bases):
            asked = _asked(claim, above, below)
            try:
                q = ratio(figures[above], figures[below], allow_mixed_dates=True)
            except NotAllowed as no:
                tries.append(replace(asked, reason="; ".join(no.reasons)))
            else:
                tries.append(_tried(asked, claim, q))
    return tries


def _of_rate(published: PublishedFile) -> list[BaseTry]:
    """Ask on which base the informality rate agrees with two percentages of another source.

    For each base the labour force and the employed follow, and with them the unemployment rate
    and the share employed, which the minister printed.
    """
    tries = []
    for base in ("employed", "labour_force"):
        f = derive(published.figures, base)
        for above, printed in (("unemployed", "unemployment_rate"), ("employed", "employed_share")):
            claim = Claim(
                RATE,
                published.words[RATE]["said"],
                published.figures[printed].value,
                published.words[printed]["half_width"],
                published.figures[RATE].universe,
            )
            q = ratio(f[above], f["labour_force"])
            tries.append(_tried(_asked(claim, f"{above} over labour_force", base), claim, q))
    return tries


def _asked(claim: Claim, above: str, below: str) -> BaseTry:
    printed = f"{claim.percent:.{decimals_of(claim.half_width)}f}"
    return BaseTry(claim.id, claim.said, printed, above, below, below == claim.worded)


def _tried(asked: BaseTry, claim: Claim, q: Quotient) -> BaseTry:
    found = q.complement if claim.complement else (q.value, q.low, q.high)
    value, low, high = (100 * one for one in found)
    decimals = decimals_of(claim.half_width)
    least, most = claim.percent - claim.half_width, claim.percent + claim.half_width
    if least <= low and high < most:
        verdict = "reproduces"
    else:
        verdict = "can reproduce" if low < most and high >= least else "does not"
    return replace(
        asked,
        value=value,
        low=low,
        high=high,
        shown=f"{value:.{decimals}f}",
        finer=f"{value:.{decimals + 1}f}",
        verdict=verdict,
    )


def decimals_of(half_width: float) -> int:
    """Give the decimals that half a unit of the last digit belongs to: 0.05 gives 1."""
    return max(0, round(-math.log10(2 * half_width))) if half_width > 0 else 0


def bases_that_print(count: Quantity, percent: float, half_width: float) -> tuple[float, float]:
    """Give the least and the largest base over which ``count`` prints as ``percent``."""
    return 100 * count.low / (percent + half_width), 100 * count.high / (percent - half_width)


def verdicts(published: PublishedFile, tries: Sequence[BaseTry]) -> Mapping[str, str]:
    """Say in words, for each printed percentage, which bases reproduce it."""
    told = {}
    for claim in dict.fromkeys(one.claim for one in tries):
        own = [one for one in tries if one.claim == claim]
        said = _verdict_on_rate(own) if claim == RATE else _verdict(own)
        note = published.claims[claim].note if claim in published.claims else ""
        told[claim] = f"{said} {note}".strip()
    return told


def _verdict_on_rate(own: Sequence[BaseTry]) -> str:
    bases = dict.fromkeys(one.base for one in own)
    good = [b for b in bases if all(one.verdict == "reproduces" for one in own if one.base == b)]
    if len(good) != 1:
        return "The unemployed do not decide between the employed and the labour force as its base."
    worded = next(one.base for one in own if one.worded)
    said = f"Its base is the {_in_words(good[0])}: only so do the unemployed print as they were."
    if worded != good[0]:
        said += f" The words name the {_in_words(worded)}, which is wrong."
    return said


def _verdict(own: Sequence[BaseTry]) -> str:
    good = [one for one in own if one.verdict == "reproduces"]
    if not good:
        tried = [one for one in own if one.value is not None]
        if not tried:
            return "No base that was tried may be divided by."
        near = min(tried, key=lambda one: abs((one.value or 0) - float(one.printed)))
        return f"No base reproduces it; the nearest tried is {_pair(near)} with {near.shown} %."
    said = f"Reproduced by {', '.join(map(_pair, good))}."
    zero = f"{float(good[0].printed):.{len(good[0].finer.partition('.')[2])}f}"
    finer = [one for one in good if one.finer == zero]
    if finer and len(finer) < len(good):
        said += f" With one decimal more, only {', '.join(map(_pair, finer))} prints {zero}"
        others = [f"{one.finer} over {_in_words(one.base)}" for one in good if one not in finer]
        said += f" ({', '.join(others)})."
    named = any(one.worded for one in good)
    return f"{said} The base that its words name is {'' if named else 'not '}among them."


def _pair(one: BaseTry) -> str:
    return f"{_in_words(one.numerator)} over {_in_words(one.base)}"


def _in_words(name: str) -> str:
    return name.replace("_", " ")
