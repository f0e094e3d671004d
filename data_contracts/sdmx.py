"""How published figures are named in SDMX: dataflows, codes, units, notes; nothing is written here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from data_contracts.catalogue.indicators import Indicator, catalogue
from data_contracts.errors import InputError
from data_contracts.yaml_lines import load_yaml

FILE = Path(__file__).parent / "sdmx.yaml"
SEX = "SEX"


@dataclass(frozen=True)
class SdmxColumn:
    """One column of SDMX-CSV 1.0.

    Attributes:
        id: its name.
        role: ``D`` dimension, ``M`` measured value, ``A`` attribute.
        type: ``text``, ``number`` or ``integer``.
        codes: its code list; empty when any text may stand there.
    """

    id: str
    role: str
    type: str
    codes: str = ""


@dataclass(frozen=True)
class Classif:
    """A dimension beside sex and what our categories are called in it.

    Attributes:
        breakdown: the breakdown of pub.estimate whose categories are its codes.
        totals: codes that mean everybody.
        from_15: further codes of everybody where nobody is under 15.
        same: further codes for the people of one category.
        sums: codes made of several categories.
    """

    breakdown: str
    totals: tuple[str, ...]
    from_15: tuple[str, ...] = ()
    same: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sums: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class SurveySeries:
    """One indicator of pub.estimate as an SDMX measure with its dataflows (``by``)."""

    indicator: str
    measure: str
    by: tuple[str, ...]
    title: str
    agency: str = "ILO"
    icls: str = ""
    from_15: bool = False
    note: str = ""


@dataclass(frozen=True)
class RegisterSeries:
    """One concept of pub.register_coverage, as persons or as coverage, as an SDMX measure."""

    concept: str
    measure: str
    value: str
    title: str
    note: str


@dataclass(frozen=True)
class Pick:
    """A figure of another series under a further measure: its code in ``by``, else its total."""

    measure: str
    title: str
    survey: str = ""
    register: str = ""
    by: str = ""
    code: str = ""


@dataclass(frozen=True)
class Sdmx:
    """The whole of ``sdmx.yaml``."""

    version: str
    agencies: Mapping[str, str]
    columns: tuple[SdmxColumn, ...]
    units: Mapping[str, Mapping[str, str]]
    statuses: Mapping[str, Mapping[str, str]]
    notes: Mapping[str, Mapping[Any, str]]
    codes: Mapping[str, tuple[str, ...]]
    classifs: Mapping[str, Classif]
    survey: tuple[SurveySeries, ...]
    register: tuple[RegisterSeries, ...]
    schemes: Mapping[str, str]
    nsps: Mapping[str, Any]
    picks: tuple[Pick, ...]
    ssi: Mapping[str, Any]

    def flow_id(self, measure: str, *dimensions: str) -> str:
        """Give a dataflow's id: topic, represented variable, dimensions, unit."""
        stem, _, unit = measure.rpartition("_")
        return "_".join(("DF", stem, SEX, *dimensions, unit))


def unit_of(measure: str) -> str:
    """Give ``NB`` (persons) or ``RT`` (percent), the end of a measure's name."""
    return measure.rpartition("_")[2]


@cache
def load_sdmx() -> Sdmx:
    """Load ``sdmx.yaml`` and see that its parts fit together.

    Raises:
        InputError: an entry has an unknown field, or names a code or dimension that is not listed.
    """
    data = load_yaml(FILE)
    try:
        made = Sdmx(
            version=data["version"],
            agencies=data["agencies"],
            columns=tuple(SdmxColumn(**entry) for entry in data["columns"]),
            units=data["units"],
            statuses=data["statuses"],
            notes=data["notes"],
            codes={name: tuple(codes) for name, codes in data["codes"].items()},
            classifs={name: _classif(entry) for name, entry in data["classifs"].items()},
            survey=with_unlisted([SurveySeries(**_tuples(e, "by")) for e in data["survey"]]),
            register=tuple(RegisterSeries(**entry) for entry in data["register"]),
            schemes=data["schemes"],
            nsps=data["nsps"],
            picks=tuple(Pick(**entry) for entry in data["nsps"]["indicators"]),
            ssi=data["ssi"],
        )
    except (TypeError, KeyError):
        raise _broken("an entry lacks a field or has an unknown one") from None
    _fits(made)
    return made


def with_unlisted(listed: Sequence[SurveySeries]) -> tuple[SurveySeries, ...]:
    """Add the indicators of the catalogue that no entry names, each under the code it has there."""
    named = {series.indicator for series in listed}
    others = [one for one in catalogue().values() if one.id not in named]
    return (*listed, *(series_of(one) for one in others))


def series_of(indicator: Indicator) -> SurveySeries:
    """Give the series of an indicator of which ``sdmx.yaml`` says nothing: the catalogue's words.

    Without an ILOSTAT code it is a measure of our own, named by its id, and its note says whose it is.
    """
    jobs = ("ECO", "STE") if indicator.of_the_employed else ()
    unit = "NB" if indicator.kind == "total" else "RT"
    code, own = indicator.ilostat_indicator, f"LFS_{indicator.id.upper()}_{unit}"
    return SurveySeries(
        indicator=indicator.id,
        measure=code or own,
        by=("AGE", "GEO", *jobs, "EDU"),
        title=indicator.title,
        agency="ILO" if code else "OWN",
        note=indicator.note or "",
    )


def _classif(entry: Mapping[str, Any]) -> Classif:
    fields = _tuples(entry, "totals", "from_15")
    for part in ("same", "sums"):
        fields[part] = {code: tuple(codes) for code, codes in entry.get(part, {}).items()}
    return Classif(**fields)


def _tuples(entry: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {**entry, **{name: tuple(entry.get(name, ())) for name in names}}


def _fits(made: Sdmx) -> None:
    for name, classif in made.classifs.items():
        known = set(made.codes[f"CL_{name}"])
        used = {*classif.totals, *classif.from_15, *classif.same, *classif.sums}
        for codes in (*classif.same.values(), *classif.sums.values()):
            used |= set(codes)
        if used - known:
            raise _broken(f"the code {min(used - known)} is not in CL_{name}")
    for series in made.survey:
        if set(series.by) - {SEX, *made.classifs} or unit_of(series.measure) not in made.units:
            raise _broken(f"the measure {series.measure} has an unknown dimension or unit")
    measures = {s.measure for s in made.survey} | {s.measure for s in made.register}
    for pick in made.picks:
        if (pick.survey or pick.register) not in measures:
            raise _broken(f"the measure {pick.measure} is taken from a series that is not listed")


def _broken(rule: str) -> InputError:
    return InputError(
        rule, "mend the entry; data_contracts/sdmx.py names the fields", file=FILE.name
    )
