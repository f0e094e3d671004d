"""What numbers of social security may count and be divided by, read from YAML; no arithmetic."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from data_contracts.yaml_lines import load_yaml

FILE = Path(__file__).parent / "concepts.yaml"
WORDS = Path(__file__).parent / "words.yaml"  # by which a published table is read


@dataclass(frozen=True)
class Concept:
    """One thing that can be counted.

    Attributes:
        name: its name in ``Quantity.concept``.
        means: what is counted, in words.
        counts: ``population`` (a group that others are divided by), ``workers``, ``persons``
            (dependants and the retired too) or ``money``.
        over: names of the concepts that may stand below it.
    """

    name: str
    means: str
    counts: str
    over: frozenset[str]

    @property
    def is_population(self) -> bool:
        """Whether it is a group that others are divided by."""
        return self.counts == "population"


@cache
def concepts() -> Mapping[str, Concept]:
    """Give every concept by name; a population may be divided by each it lies in."""
    told = load_yaml(FILE)
    within: Mapping[str, list[str]] = {n: p["within"] for n, p in told["populations"].items()}
    found = {
        name: Concept(name, entry["means"], "population", frozenset(_wider(name, within)))
        for name, entry in told["populations"].items()
    }
    for name, entry in told["concepts"].items():
        found[name] = Concept(name, entry["means"], entry["counts"], frozenset(entry["over"]))
    return found


@cache
def refusals() -> Mapping[tuple[str, str], str]:
    """Give the reason for each pair (above, below) that is known to mislead."""
    above_below = ((tuple(entry["over"]), entry["because"]) for entry in load_yaml(FILE)["refused"])
    return {(pair[0], pair[1]): because for pair, because in above_below}


@cache
def sums() -> Mapping[str, frozenset[str]]:
    """Give the parts of each whole that has parts with nobody in two of them."""
    return {whole: frozenset(parts) for whole, parts in load_yaml(FILE)["sums"].items()}


def _wider(name: str, within: Mapping[str, list[str]]) -> set[str]:
    direct = set(within[name])
    return direct.union(*(_wider(parent, within) for parent in direct))
