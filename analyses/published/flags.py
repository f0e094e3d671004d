"""Where published figures contradict each other, judged over their rounding; the figures are elsewhere."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from analyses.published.arithmetic import ratio
from analyses.published.base_of import base_of
from analyses.published.bases import bases_that_print
from analyses.published.figures import (
    AuditLine,
    Figures,
    PublishedFile,
    derive,
    quantity_line,
    ratio_line,
)
from analyses.published.quantity import Quantity, limits_of
from analyses.published.rules import dates_apart

DASH = "\N{EN DASH}"


@dataclass(frozen=True)
class Flag:
    """One contradiction or trap.

    Attributes:
        id: its name.
        holds: ``always``, ``sometimes`` or ``never``: over the values that rounding allows.
        statement: what contradicts what, with the numbers; untrue where ``holds`` is ``never``.
        numbers: the figures that the statement rests on.
        explanations: what could explain it.
    """

    id: str
    holds: str
    statement: str
    numbers: tuple[AuditLine, ...]
    explanations: tuple[str, ...] = field(default=())


def flags(published: PublishedFile, figures: Figures) -> list[Flag]:
    """Judge every known contradiction; ``figures`` as given by ``derive``."""
    return [judge(published, figures) for judge in _JUDGES]


def _members_exceed_formal_jobs(p: PublishedFile, f: Figures) -> Flag:
    members, formal = f["members"], f["formal_workers"]
    return _flag(
        p,
        "members_exceed_formal_jobs",
        _above(members, formal),
        f"{_count(members)} insured members are more than the {_count(formal)} formal jobs that "
        "the survey's figures imply.",
        [
            quantity_line(p, members),
            quantity_line(p, formal),
            _quotient(p, f, "mandatory_members", "formal_workers"),
        ],
    )


def _compulsory_near_formal(p: PublishedFile, f: Figures) -> Flag:
    share = ratio(f["mandatory_members"], f["formal_workers"])
    told = f["formal_enterprise_insured"]
    return _flag(
        p,
        "compulsory_near_formal",
        _holds(100 * share.low > told.high, 100 * share.high > told.high),
        f"Compulsory members are {_percent(share.value)} of the implied formal jobs, and no more than "
        f"{told.high:g} % of the workers of formal enterprises are said to be insured: two "
        "concepts, to be printed apart.",
        [_quotient(p, f, "mandatory_members", "formal_workers")],
    )


def _vintages_mixed(p: PublishedFile, f: Figures) -> Flag:
    mixed, members = f["members_if_mixed"], f["members"]
    more = mixed.value / members.value - 1
    return _flag(
        p,
        "vintages_mixed",
        _above(mixed, members),
        f"{f['voluntary_share'].value} % and {_count(f['voluntary_members_later'])} together would mean {_count(mixed)} "
        f"members, {_percent(more)} more than the {_count(members)} published: the percentage "
        "belongs to the earlier count.",
        [quantity_line(p, mixed), _quotient(p, f, "voluntary_members", "members")],
    )


def _mixed_breaks_nine_in_ten(p: PublishedFile, f: Figures) -> Flag:
    q = ratio(f["members_if_mixed"], f["employed"], allow_mixed_dates=True)
    value, low, high = q.complement
    nine = p.claims["nine_in_ten"]
    least = (nine.percent - nine.half_width) / 100
    return _flag(
        p,
        "mixed_breaks_nine_in_ten",
        _holds(high < least, low < least),
        f"With those members {_percent(q.value)} of the employed would be insured and "
        f"{_percent(value)} not, so that '{nine.said}' would be false.",
        [ratio_line(p, q, "not insured, if mixed", rest=True)],
    )


def _later_over_earlier(p: PublishedFile, f: Figures) -> Flag:
    later = ratio(f["voluntary_members_later"], f["members"], allow_mixed_dates=True)
    frozen = ratio(f["voluntary_members_later"], f["members_if_frozen"], allow_mixed_dates=True)
    return _flag(
        p,
        "later_over_earlier",
        _holds_when(dates_apart(f["voluntary_members_later"], f["members"]) is not None),
        f"{_count(f['voluntary_members_later'])} over {_count(f['members'])} is "
        f"{_percent(later.value)}, a numerator of {f['voluntary_members_later'].period} over members "
        f"of {f['members'].period}; with the compulsory members left as they were it is "
        f"{_percent(frozen.value)} of {_count(f['members_if_frozen'])}. Neither may be printed as "
        "a share of members.",
        [
            ratio_line(p, later, "later voluntary over earlier members"),
            ratio_line(p, frozen, "with compulsory members frozen"),
        ],
    )  # fmt: skip


def _two_percent(p: PublishedFile, f: Figures) -> Flag:
    count = f["voluntary_members_later"]
    two = p.claims["two_percent"]
    low, high = bases_that_print(count, two.percent, two.half_width)
    finer_low, finer_high = bases_that_print(count, two.percent, two.half_width / 10)
    force = ratio(count, f["labour_force"], allow_mixed_dates=True)
    informal = ratio(count, f["informal_workers"], allow_mixed_dates=True)
    least = (two.percent - two.half_width / 10) / 100
    return _flag(
        p,
        "two_percent",
        _holds(force.high < least, force.low < least),
        f"{_count(count)} print as {two.percent:.0f} % over any base from {low / 1e6:.3f} to {high / 1e6:.3f} "
        f"million, as {two.percent:.1f} % only from {finer_low / 1e6:.3f} to {finer_high / 1e6:.3f} million. "
        f"They are {_percent(informal.value, 2)} of informal workers and {_percent(force.value, 2)} "
        "of the labour force, which is the base that the words name.",
        [
            _quotient(p, f, count.id, base)
            for base in ("informal_workers", "employed", "labour_force")
        ],
    )


def _trend_on_frozen_base(p: PublishedFile, f: Figures) -> Flag:
    earlier = ratio(f["voluntary_members"], f["informal_workers"])
    later = ratio(f["voluntary_members_later"], f["informal_workers"], allow_mixed_dates=True)
    return _flag(
        p,
        "trend_on_frozen_base",
        _holds_when(dates_apart(f["voluntary_members_later"], f["informal_workers"]) is not None),
        f"The rise from {_percent(earlier.value, 2)} to {_percent(later.value, 2)} holds per "
        f"informal worker of {f['informal_workers'].period}; how many there are in "
        f"{f['voluntary_members_later'].period} is not published.",
        [_quotient(p, f, one, "informal_workers") for one in ("voluntary_members", "voluntary_members_later")],
    )  # fmt: skip


def _ilostat_is_another_concept(p: PublishedFile, f: Figures) -> Flag:
    wider, employed = f["ilostat_employed"], f["employed"]
    more_informal = _apart(f["informal_ilostat"], f["informal_workers"])
    more = _apart(wider, employed)
    formal = f["formal_workers"], f["formal_ilostat"]
    agree = formal[0].low <= formal[1].high and formal[1].low <= formal[0].high
    return _flag(
        p,
        "ilostat_is_another_concept",
        _above(wider, employed),
        f"ILOSTAT has {_percent(f['ilostat_rate'].value / 100)} informal of {_count(wider)} "
        f"employed, the survey's report {_percent(f['informality_rate'].value / 100)} of "
        f"{_count(employed)}: two concepts of employment, never in one quotient or series. ILOSTAT "
        f"has {_range(more)} more employed and {_range(more_informal)} more informal; the formal "
        f"jobs {'agree within rounding' if agree else 'differ too'} ({_count(formal[1])} and "
        f"{_count(formal[0])}).",
        [
            quantity_line(p, f[n])
            for n in ("informal_ilostat", "formal_ilostat", "employed", "formal_workers")
        ],
    )


def _rates_of_2017(p: PublishedFile, f: Figures) -> Flag:
    rates = [q for name, q in f.items() if name.startswith("rate_2017_")]
    apart = max((q.low for q in rates), default=0) > min((q.high for q in rates), default=0)
    told = ", ".join(f"{q.value:g} ({q.source})" for q in rates)
    return _flag(
        p,
        "rates_of_2017",
        _holds_when(apart),
        f"One survey of 2017 has {len(rates)} informality rates that rounding does not bring together: {told}.",
        [quantity_line(p, q) for q in rates],
    )


def _employed_cut_not_rounded(p: PublishedFile, f: Figures) -> Flag:
    told, employed = f["employed_as_told"], f["employed"]
    step = told.high - told.low
    cut = told.value <= employed.low and employed.high < told.value + step
    outside = employed.low > told.high or employed.high < told.low
    why = "cut off after the first decimal, it fits" if cut else "cut off, it does not fit either"
    return _flag(
        p,
        "employed_cut_not_rounded",
        _holds_when(outside),
        f"{told.value / 1e6:.1f} million employed is not {_count(employed)} rounded; {why}.",
        [quantity_line(p, told), quantity_line(p, employed)],
    )


def _rate_alone_as_check(p: PublishedFile, f: Figures) -> Flag:
    """Take the unemployment rate instead of the informality rate to find the labour force."""
    force = base_of(f["unemployed"], f["unemployment_rate"], "labour_force", id="force_from_rate")
    other = derive(f, "labour_force")["labour_force"]
    outside = other.high < force.low or other.low > force.high
    low, high = limits_of([force, f["unemployed"]], lambda v: v[0] - v[1])
    employed = force.value - f["unemployed"].value
    return _flag(
        p,
        "rate_alone_as_check",
        _holds_when(outside),
        f"{_count(f['unemployed'])} at {f['unemployment_rate'].value} % are a labour force of "
        f"{_million(force.value, force.low, force.high)} and employed of "
        f"{_million(employed, low, high)}, of whom the informal are "
        f"{_percent(f['informal_workers'].value / employed)}. If {f['informality_rate'].value} % were of the labour force, "
        f"it would be {_million(other.value, other.low, other.high)}, which lies "
        f"{'outside' if outside else 'inside'}.",
        [quantity_line(p, force), quantity_line(p, other)],
    )


_JUDGES: tuple[Callable[[PublishedFile, Figures], Flag], ...] = (
    _members_exceed_formal_jobs,
    _compulsory_near_formal,
    _vintages_mixed,
    _mixed_breaks_nine_in_ten,
    _later_over_earlier,
    _two_percent,
    _trend_on_frozen_base,
    _ilostat_is_another_concept,
    _rates_of_2017,
    _employed_cut_not_rounded,
    _rate_alone_as_check,
)


def _flag(
    p: PublishedFile, name: str, holds: str, statement: str, numbers: Sequence[AuditLine]
) -> Flag:
    why = tuple(p.explanations.get(name, ()))
    return Flag(name, holds, statement, tuple(numbers), why)


def _holds(always: bool, sometimes: bool) -> str:
    return "always" if always else "sometimes" if sometimes else "never"


def _holds_when(it_is_so: bool) -> str:
    return _holds(it_is_so, it_is_so)


def _above(one: Quantity, other: Quantity) -> str:
    return _holds(one.low > other.high, one.high > other.low)


def _apart(one: Quantity, other: Quantity) -> tuple[float, float, float]:
    """Give a difference of two concepts, which no Quantity may hold, with its limits."""
    low, high = limits_of([one, other], lambda v: v[0] - v[1])
    return one.value - other.value, low, high


def _quotient(p: PublishedFile, f: Figures, above: str, below: str) -> AuditLine:
    q = ratio(f[above], f[below], allow_mixed_dates=True)
    said = f"{above} over {below}".replace("_", " ")
    return ratio_line(p, q, said)


def _count(q: Quantity) -> str:
    exact = q.low == q.high
    return f"{q.value:,.0f}" if exact else f"{q.value:,.0f} [{q.low:,.0f}{DASH}{q.high:,.0f}]"


def _range(found: tuple[float, float, float]) -> str:
    return f"{found[0]:,.0f} [{found[1]:,.0f}{DASH}{found[2]:,.0f}]"


def _million(value: float, low: float, high: float) -> str:
    return f"{value / 1e6:.3f} million [{low / 1e6:.3f}{DASH}{high / 1e6:.3f}]"


def _percent(value: float, decimals: int = 1) -> str:
    return f"{100 * value:.{decimals}f} %"
