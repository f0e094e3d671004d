"""What the law sets for contributions, month by month: rates and ceilings; judging is elsewhere."""

from dataclasses import dataclass
from functools import cache

from data_contracts.quality_rules import FOLDER
from data_contracts.yaml_lines import load_yaml


@dataclass(frozen=True)
class Terms:
    """The terms of one scheme from one month on.

    Attributes:
        scheme: public, enterprise or voluntary.
        since: first month, YYYY-MM.
        rates: contribution rates that may stand, per mille of the base.
        ceiling: largest monthly base in kip; None where none is documented.
    """

    scheme: str
    since: str
    rates: tuple[int, ...]
    ceiling: int | None

    @property
    def maximum(self) -> int | None:
        """The largest monthly contribution in kip."""
        return None if self.ceiling is None else self.ceiling * max(self.rates) // 1000


@cache
def all_terms() -> tuple[Terms, ...]:
    """Give every entry of ``law`` in data_contracts/quality/register.yaml, earliest first."""
    entries = load_yaml(FOLDER / "register.yaml")["law"]
    terms = [
        Terms(e["scheme"], e["from"], tuple(sorted(e["rates_per_mille"])), e["ceiling_lak"])
        for e in entries
    ]
    return tuple(sorted(terms, key=lambda t: (t.since, t.scheme)))


def terms_of(scheme: str, month: str) -> Terms | None:
    """Give the terms of a scheme in a month, None before the first that is documented."""
    valid = [t for t in all_terms() if t.scheme == scheme and t.since <= month]
    return valid[-1] if valid else None
