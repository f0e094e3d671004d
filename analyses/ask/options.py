"""The conventions of one call of the face, checked; what they do is decided where they are used."""

from dataclasses import dataclass
from typing import get_args

from analyses.ask.figures import Missing
from analyses.engine.design import DfMethod
from analyses.engine.figures import DeffKind
from analyses.engine.proportions import METHODS, CiMethod
from analyses.engine.quantiles import Rule
from analyses.engine.reliability import rule_set
from data_contracts.errors import InputError


@dataclass(frozen=True)
class Options:
    """The conventions of one call, checked; ``face.estimate`` says what they mean."""

    ci: CiMethod | None
    level: float
    deff: DeffKind
    missing: Missing
    df_method: DfMethod
    quantile_rule: Rule
    reliability: str
    road: str

    def __post_init__(self) -> None:
        """Refuse options that do not exist."""
        rule_set(self.reliability)
        if self.ci is not None and self.ci not in METHODS:
            raise InputError(f"there is no interval {self.ci}", f"use one of {', '.join(METHODS)}")
        if not 0 < self.level < 1:
            raise InputError("a confidence level lies between 0 and 1", "use 0.95")
        for name, value, choices in (
            ("deff", self.deff, ("wor", "wr")),
            ("missing", self.missing, ("exclude", "zero", "fail")),
            ("df_method", self.df_method, get_args(DfMethod)),
            ("road", self.road, ("auto", "psus", "rows")),
        ):
            if value not in choices:
                raise InputError(f"there is no {name} {value}", f"use one of {', '.join(choices)}")
