"""One canonical column's rule in a survey profile, and the conditions it is written in; no rows pass here."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from data_contracts.typed_yaml import Strict

Decimal = Literal[".", ","]


def _code(value: Any) -> Any:
    """Read a whole number as the code that it is typed as; codes are compared as text."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Code = Annotated[str, BeforeValidator(_code, json_schema_input_type=str | int)]
Bracket = Annotated[list[int | None], Field(min_length=2, max_length=2)]
Names = Annotated[list[str], Field(min_length=1)]


class CodeRange(Strict):
    """Codes that are numbers between two ends, both included."""

    min: int | float | None = None
    max: int | float | None = None

    @model_validator(mode="after")
    def _has_an_end(self) -> "CodeRange":
        if self.min is None and self.max is None:
            raise ValueError("a range has min, max or both")
        return self


Way = Annotated[dict[str, list[Code] | CodeRange], Field(min_length=1)]
RawCondition = Way | Annotated[list[Way], Field(min_length=1)]


class Case(Strict):
    """One case of a rule: the first whose condition holds decides."""

    if_: RawCondition = Field(alias="if", description="{raw column: [codes]}; 'blank' is a code")
    then: str


class ProfileRule(Strict):
    """How raw columns become one canonical column: ``from``, ``cases`` or ``not_asked``."""

    from_: str | None = Field(None, alias="from")
    codes: dict[str, str] | None = None
    other: str | None = Field(
        None, description="what any further code means; without it an unknown code is refused"
    )
    blank: str | None = Field(None, description="what a blank means")
    number: Literal[True] | None = None
    missing: list[int | float] = Field(default_factory=list, description="sentinels")
    accept: list[int | float] = Field(
        default_factory=list,
        description="values that look like sentinels (97, 999, -1) and are true",
    )
    decimal: Decimal | None = Field(
        None,
        description="the sign before decimals, where text such as 1,234 could be read in two ways",
    )
    fill: Literal["household"] | None = Field(
        None, description="delivered on one member's row, true for the whole household"
    )
    factors_from: str | None = None
    factors: dict[str, int | float] = Field(
        default_factory=dict, description="code -> factor to the canonical unit"
    )
    or_sum: list[str] = Field(
        default_factory=list,
        description="raw amounts a month whose sum stands where `from` is blank; blank only where "
        "all are",
    )
    brackets: dict[str, Bracket] | None = Field(
        None, description="code -> [lower, upper]; null upper is open"
    )
    counts: Annotated[list[int], Field(min_length=2, max_length=2)] | None = Field(
        None, description="codes in this range are true counts"
    )
    digits: int | None = Field(None, description="pad with leading zeros to so many digits")
    take: int | None = Field(None, description="keep so many leading digits")
    prefix: str | None = None
    cases: list[Case] | None = Field(None, min_length=1)
    else_: str | None = Field(None, alias="else")
    not_asked: str | None = Field(None, description="why there is no answer")

    @model_validator(mode="after")
    def _one_kind(self) -> "ProfileRule":
        kinds = [self.from_, self.cases, self.not_asked]
        if sum(kind is not None for kind in kinds) != 1:
            raise ValueError("a rule has exactly one of from, cases and not_asked")
        return self

    def raw_names(self) -> list[str]:
        """List the raw columns that the rule reads, as the profile writes them."""
        names = [name for name in (self.from_, self.factors_from) if name is not None]
        names += self.or_sum
        return names + [name for case in self.cases or () for name in condition_names(case.if_)]


def condition_names(condition: RawCondition) -> Iterator[str]:
    """Give the raw columns that a condition of a profile reads, as the profile names them."""
    for way in condition if isinstance(condition, list) else [condition]:
        yield from way
