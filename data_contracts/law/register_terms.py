"""What the law lets stand in a register's month: rates and ceilings from law.py; judging is elsewhere."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import pairwise

from data_contracts.law.law import SCHEMES, Law, load_law
from data_contracts.law.lines import Line, RateOf, begun


@dataclass(frozen=True)
class Terms:
    """The terms of one scheme over some months.

    Attributes:
        scheme: public, enterprise or voluntary.
        since: first month, YYYY-MM.
        until: first month after them; empty while they hold.
        rates: contribution rates that may stand, per mille of the base; several where the day of
            a change is not documented.
        ceiling: largest monthly base in kip; None where none is documented.
    """

    scheme: str
    since: str
    until: str
    rates: tuple[int, ...]
    ceiling: int | None

    @property
    def maximum(self) -> int | None:
        """The largest monthly contribution in kip."""
        return None if self.ceiling is None else self.ceiling * max(self.rates) // 1000


@cache
def all_terms() -> tuple[Terms, ...]:
    """Give the terms of every scheme, earliest first; months whose rate is unknown have none."""
    law = load_law()
    terms = [term for scheme in SCHEMES for term in _terms(law, scheme)]
    return tuple(sorted(terms, key=lambda t: (t.since, t.scheme)))


def terms_of(scheme: str, month: str) -> Terms | None:
    """Give the terms of a scheme in a month, None where no rate is documented."""
    return next(
        (
            term
            for term in all_terms()
            if term.scheme == scheme
            and term.since <= month
            and (not term.until or month < term.until)
        ),
        None,
    )


def _terms(law: Law, scheme: str) -> list[Terms]:
    lines = [x for x in law.lines if x.scheme == scheme and x.kind in {"rate", "ceiling"}]
    edges = [edge for line in lines for edge in (line.begins, line.ends) if edge]
    days = [day for edge in edges for day in (edge.first, edge.last)]
    next_months = [day.replace(day=28) + timedelta(days=4) for day in days]
    months = sorted({f"{day:%Y-%m}" for day in (*days, *next_months)})
    found: list[Terms] = []
    for since, until in pairwise([*months, ""]):
        rates, ceiling = _rates(law, scheme, since), _ceiling(law, scheme, since)
        last = found[-1] if found else None
        if last and last.until == since and (last.rates, last.ceiling) == (rates, ceiling):
            found[-1] = Terms(scheme, last.since, until, rates, ceiling)
        elif rates:
            found.append(Terms(scheme, since, until, rates, ceiling))
    return found


def _rates(law: Law, scheme: str, month: str) -> tuple[int, ...]:
    """Give the rates that may hold in a month; none when any of them is unknown."""
    lines = _possible(law, "rate", scheme, month)
    shares = [line.value for line in lines if isinstance(line.value, RateOf)]
    if not lines or len(shares) < len(lines):
        return ()
    return tuple(sorted({share.employer_per_mille + share.member_per_mille for share in shares}))


def _ceiling(law: Law, scheme: str, month: str) -> int | None:
    """Give the largest ceiling that may hold in a month; None when any may be without one."""
    lines = _possible(law, "ceiling", scheme, month)
    known = [lak for line in lines if (lak := line.figure("lak")) is not None]
    return max(known) if known and len(known) == len(lines) else None


def _possible(law: Law, kind: str, scheme: str, month: str) -> list[Line]:
    """Give the lines that may hold in a month, none when the first may still be to come."""
    year, number = int(month[:4]), int(month[5:])
    first, last = date(year, number, 1), date(year, number, monthrange(year, number)[1])
    settings = law.settle()
    lines = law.possible(kind, scheme, first, last, settings)
    return lines if begun(lines, first, settings["undated_changes"]) else []
