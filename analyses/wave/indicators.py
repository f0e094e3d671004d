"""Indicator definitions to score columns, labels and computability; no figure is computed here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

import polars as pl
import yaml

from analyses.engine.collapse import Score
from data_contracts.conditions import Condition, columns, expression
from data_contracts.errors import InputError

Asked = Mapping[str, tuple[bool, str]]


@dataclass(frozen=True)
class Indicator:
    """One entry of ``data_contracts/catalogue/indicators.yaml``.

    Args:
        id: the indicator's id.
        title: its name in words.
        ilostat_indicator: topic, represented variable and unit of its ILOSTAT series, if any.
        kind: ``total`` or ``ratio``.
        unit: ``PS`` or ``RATIO``.
        standard: which standard decides: ``labour_force``, ``informality`` or ``none``.
        universe: the people the figure is about, in words.
        numerator: who is counted.
        denominator: over whom; None for totals.
        base: the denominator before rows without a usable answer are left out.
        requires: canonical columns it cannot do without; a tuple means any one of them.
        improves: canonical columns whose absence makes it partial.
        note: what the reader must know beside the figure.
    """

    id: str
    title: str
    kind: str
    unit: str
    standard: str
    universe: str
    numerator: Condition
    requires: tuple[tuple[str, ...], ...]
    ilostat_indicator: str | None = None
    denominator: Condition | None = None
    base: Condition | None = None
    improves: tuple[str, ...] = ()
    note: str | None = None

    @property
    def score(self) -> Score:
        """The columns ``scores`` makes of this indicator, for ``collapse``."""
        den = None if self.denominator is None else f"{self.id}__den"
        return Score(self.id, f"{self.id}__num", den)

    @property
    def of_the_employed(self) -> bool:
        """Whether it is about employed persons alone, so that a job's columns may break it down."""
        over = self.numerator if self.denominator is None else self.denominator
        return isinstance(over, Mapping) and list(over.get("lfs_status", [])) == ["employed"]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns its conditions read, sorted."""
        parts = [c for c in (self.numerator, self.denominator, self.base) if c is not None]
        return tuple(sorted({name for part in parts for name in columns(part)}))


def catalogue() -> dict[str, Indicator]:
    """Load the indicators, by id, in the order of the file.

    Raises:
        InputError: an entry is incomplete or contradicts itself.
    """
    text = (files("data_contracts") / "catalogue" / "indicators.yaml").read_text(encoding="utf-8")
    return {name: _indicator(name, entry) for name, entry in yaml.safe_load(text).items()}


def _indicator(name: str, entry: Mapping[str, object]) -> Indicator:
    requires = entry.get("requires", [])
    groups = requires if isinstance(requires, list) else []
    fields: dict[str, object] = dict(entry)
    fields["requires"] = tuple((g,) if isinstance(g, str) else tuple(g) for g in groups)
    improves = entry.get("improves", [])
    fields["improves"] = tuple(improves) if isinstance(improves, list) else ()
    try:
        made = Indicator(id=name, **fields)  # type: ignore[arg-type]
    except TypeError:
        raise InputError(
            f"indicator {name} lacks a field or has an unknown one",
            "see the fields of Indicator in analyses/wave/indicators.py",
            file="indicators.yaml",
        ) from None
    if (made.kind == "ratio") != (made.denominator is not None) or not made.requires:
        raise InputError(
            f"indicator {name} contradicts itself",
            "a ratio needs a denominator, a total has none, and both say what they require",
            file="indicators.yaml",
        )
    return made


def scores(frame: pl.DataFrame, indicators: Sequence[Indicator]) -> pl.DataFrame:
    """Add 0/1 columns ``<id>__num`` and, for ratios, ``<id>__den`` (Int8, never null).

    Args:
        frame: one row a person, all persons kept, the main job's columns joined on the left.
        indicators: those to add; ``Indicator.score`` names their columns for ``collapse``.

    Returns:
        The frame with the columns added; no row is dropped.

    Raises:
        InputError: a column the conditions read is missing.
    """
    for indicator in indicators:
        for name in indicator.columns:
            if name not in frame.columns:
                raise InputError(
                    f"the column is missing for indicator {indicator.id}",
                    "join core.job to core.person, or leave out what is not computable",
                    column=name,
                )
    made = []
    for indicator in indicators:
        counted, score = expression(indicator.numerator), indicator.score
        if indicator.denominator is not None and score.denominator is not None:
            over = expression(indicator.denominator)
            made.append(over.cast(pl.Int8).alias(score.denominator))
            counted = counted & over
        made.append(counted.cast(pl.Int8).alias(score.numerator))
    return frame.with_columns(made)


def left_out(frame: pl.DataFrame, indicators: Sequence[Indicator]) -> dict[str, str]:
    """Say how many rows of each rate's base have no usable answer and are therefore left out.

    Args:
        frame: as for ``scores``.
        indicators: those to look at.

    Returns:
        Indicator id to a sentence; only where rows are left out. Fewer than 5 are not counted out.
    """
    notes = {}
    for indicator in indicators:
        if indicator.base is None or indicator.denominator is None:
            continue
        base = expression(indicator.base)
        rows, without = frame.select(
            base.sum().alias("rows"), (base & ~expression(indicator.denominator)).sum().alias("no")
        ).row(0)
        if without:
            number = f"{without:,}" if without >= 5 else "Fewer than 5"
            notes[indicator.id] = (
                f"{number} of {rows:,} sample rows have no usable answer "
                "(not asked, don't know, no answer) and are left out."
            )
    return notes


def annotate(
    estimates: pl.DataFrame,
    indicators: Sequence[Indicator],
    standards: Mapping[str, str],
    notes: Mapping[str, str] | None = None,
) -> pl.DataFrame:
    """Add ilostat_indicator, standard and universe to estimates, and complete their notes.

    Args:
        estimates: what ``estimates.estimate`` gives.
        indicators: the indicators in it.
        standards: the label of each kind of standard, e.g.
            ``{"labour_force": "ICLS19", "informality": "ICLS17_ILO@1"}``; ``none`` gives null.
        notes: indicator id to a sentence for its total row, e.g. from ``left_out``.
    """
    extra = notes or {}
    for item in indicators:
        if item.standard != "none" and item.standard not in standards:
            raise InputError(
                f"no label is given for the {item.standard} standard of {item.id}",
                "pass the survey's standard",
            )
    labels = pl.DataFrame(
        {
            "indicator": [i.id for i in indicators],
            "ilostat_indicator": [i.ilostat_indicator for i in indicators],
            "standard": [standards.get(i.standard) for i in indicators],
            "universe": [i.universe for i in indicators],
            "_always": [i.note for i in indicators],
            "_total": [extra.get(i.id) for i in indicators],
        },
        schema_overrides=dict.fromkeys(
            ("ilostat_indicator", "standard", "_always", "_total"), pl.String
        ),
    )
    in_total = pl.when(pl.col("breakdown") == "total").then(pl.col("_total"))
    note = pl.concat_str(["_always", in_total, "note"], separator=" ", ignore_nulls=True)
    return (
        estimates.join(labels, on="indicator", how="left", maintain_order="left")
        .with_columns(pl.when(note != "").then(note).alias("note"))
        .drop("_always", "_total")
    )


def computability(indicator: Indicator, asked: Asked) -> tuple[str, str]:
    """Tell whether a survey can give an indicator.

    Args:
        indicator: the indicator.
        asked: canonical column to (usable in this survey, reason when not).

    Returns:
        COMPUTABLE, PARTIAL or NOT COMPUTABLE, and the reason in words (empty when computable).
        A column the survey's profile does not mention counts as not usable.
    """
    missing = [
        " or ".join(group)
        + ": "
        + "; ".join(
            dict.fromkeys(_why(name, asked) for name in group if name in asked)
            or ["not in the survey's profile"]
        )
        for group in indicator.requires
        if not any(asked.get(name, (False, ""))[0] for name in group)
    ]
    if missing:
        return "NOT COMPUTABLE", "Needs " + "; needs ".join(dict.fromkeys(missing)) + "."
    without = [
        f"{name} ({_why(name, asked)})"
        for name in indicator.improves
        if not asked.get(name, (False, ""))[0]
    ]
    if without:
        return "PARTIAL", "Decided without " + ", ".join(without) + "."
    return "COMPUTABLE", ""


def _why(name: str, asked: Asked) -> str:
    return asked.get(name, (False, ""))[1] or "not in the survey's profile"
