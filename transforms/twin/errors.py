"""The errors planted in the twin's register and survey, and what each may be; planting is elsewhere."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Final

from data_contracts.errors import InputError

# Least and greatest value of each. Of a scheme's records nine in ten at most are not a covered
# resident's first number; what employers leave out cannot press every base below the floor.
ALLOWED: Final = {
    "duplicates": (0.0, 0.2),
    "dormant": (0.0, 0.3),
    "late_posting": (0.0, 0.5),
    "head_office": (0.0, 1.0),
    "under_declaration": (0.0, 0.4),
    "foreigners": (0.0, 0.3),
    "armed_forces": (0.0, 0.4),
    "sensitivity": (0.5, 1.0),
    "specificity": (0.5, 1.0),
}
# Of voluntary members about 2.6 in 100 are foreigners when 7 in 100 of enterprise members are.
VOLUNTARY_FOREIGNERS: Final = 0.026 / 0.07


@dataclass(frozen=True)
class Errors:
    """Shares by which the register and the survey differ from the facts.

    Attributes:
        duplicates: of affiliated records, those that are a person's second number; half of them
            have a typing error in the name or the day of birth.
        dormant: of affiliated records, employed residents who are not covered and paid nothing in
            2017.
        late_posting: of active persons, those whose whole year is posted in March to June of the
            next: rows of 2017 are not in the extract, rows of 2016 bear a paid date in 2017.
        head_office: of public and enterprise members living outside province 01, those registered
            in it.
        under_declaration: of enterprise employees' insurable earnings, cut off at floor and
            ceiling, the part that is not declared.
        foreigners: of enterprise records; of voluntary ones ``VOLUNTARY_FOREIGNERS`` times it.
        armed_forces: of public records, persons in barracks, whom no survey sees.
        sensitivity: of covered persons, those who say so.
        specificity: of persons who are not covered, those who say so.
    """

    duplicates: float = 0.02
    dormant: float = 0.08
    late_posting: float = 0.03
    head_office: float = 0.10
    under_declaration: float = 0.15
    foreigners: float = 0.07
    armed_forces: float = 0.14
    sensitivity: float = 0.85
    specificity: float = 0.99

    def __post_init__(self) -> None:
        """Refuse a value outside its range."""
        for name, (least, most) in ALLOWED.items():
            if not least <= getattr(self, name) <= most:  # refuses NaN as well
                raise InputError(
                    f"the twin's error {name} is outside its range",
                    f"give a value from {least:g} to {most:g}",
                )

    def shares(self, scheme: str) -> tuple[float, float, float]:
        """Give the shares of a scheme's affiliated records: foreign, armed forces, dormant."""
        foreign = {"enterprise": 1.0, "voluntary": VOLUNTARY_FOREIGNERS}.get(scheme, 0.0)
        forces = self.armed_forces if scheme == "public" else 0.0
        return foreign * self.foreigners, forces, self.dormant


NO_ERRORS: Final = Errors(0, 0, 0, 0, 0, 0, 0, 1, 1)


def errors_of(settings: Iterable[str]) -> Errors:
    """Read settings written ``NAME=VALUE``; what is not named keeps its default.

    Raises:
        InputError: a setting is not so written, its name is unknown, stands twice, or its value is
            outside its range.
    """
    known = [field.name for field in fields(Errors)]
    chosen: dict[str, float] = {}
    for setting in settings:
        name, _, text = (part.strip() for part in setting.partition("="))
        if name not in known:
            raise InputError(
                f"the twin has no error called {name}", f"choose among {', '.join(known)}"
            )
        if name in chosen:
            raise InputError(f"the twin's error {name} is given twice", "give it once")
        try:
            chosen[name] = float(text)
        except ValueError:
            least, most = ALLOWED[name]
            raise InputError(
                f"the twin's error {name} is no number",
                f"write {name}=VALUE with a value from {least:g} to {most:g}",
            ) from None
    return Errors(**chosen)
