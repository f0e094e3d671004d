"""The brief's second table: what people say, beside law and register made comparable; words: words_register.py."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import polars as pl

from data_contracts.catalogue.key_figures import key_figures
from reports.brief import words_register, words_tables
from reports.key_figures import KeyFigures
from reports.labels import code_labels
from reports.model import Cell, RegisterBlock, RegisterRow, Said, Use
from reports.pub_tables import register_cells, withhold
from reports.wording import numbers, terms

SCHEMES = ("total", "public", "enterprise", "voluntary")
NOTED = ("contribute", "affiliated", "legally_covered")
NONE = ("", "none")
STEPS = ("misreport", "unexplained", "no_answer")


def beside_register(
    figures: KeyFigures, raw: pl.DataFrame | None, areas: Mapping[str, str]
) -> RegisterBlock | None:
    """Give what people say, then the register made comparable and the law; None without a register.

    A register that no adjustment could make comparable (a table of counts) stands there as it counts,
    but for one that is divided by nothing: too far from the survey, it is not set beside it.

    Args:
        figures: the wave's key figures.
        raw: its rows of pub.register_coverage; None where there are none.
        areas: code of a first-level area -> its name.
    """
    comparable = figures.cell("contribute", "persons").status != ""
    if not comparable and (raw is None or why_no_register(raw)):
        return None
    rows = list(_comparable(figures) if comparable else _counted(raw, {}))
    further = list(_further(figures, areas) if comparable else _counted(raw, areas))
    said = _row(figures, "say_they_contribute", {})
    shown = (said, *rows) if said.persons.published else tuple(rows)
    return RegisterBlock(
        caption=words_register.caption(comparable=comparable),
        note=words_register.note(
            [key_figures()[name] for name in NOTED],
            _rules(raw),
            comparable=comparable,
            mixed=_mixed([row.ratio for row in rows]),
        ),
        headings=tuple(h.format(level="95%") for h in words_tables.REGISTER_HEADINGS),
        rows=shown,
        further=tuple(further),
    )


def why_no_register(raw: pl.DataFrame | None) -> str:
    """Say why no register stands beside the survey; empty where one does.

    Args:
        raw: the survey's rows of pub.register_coverage; None where there are none.
    """
    if raw is None or raw.is_empty():
        return words_register.NO_REGISTER
    told = raw.filter(pl.col("suppression_reason").is_in(NONE))
    if told.is_empty() or told["coverage"].is_not_null().any():
        return ""
    return words_register.not_divided(next((note for note in told["note"] if note), ""))


def _rules(raw: pl.DataFrame | None) -> list[str]:
    """Give the rules by which somebody is an active contributor."""
    if raw is None:
        return []
    active = raw.filter(pl.col("concept") == "active_contributor")
    return sorted({str(rule) for rule in active["rule"].to_list() if rule})


def _mixed(ratios: Sequence[Cell]) -> bool:
    """Whether a ratio's two dates lie in different years."""
    return any(
        one.numerator_date[:4] != one.denominator_date[:4] for one in ratios if one.denominator_date
    )


def _comparable(figures: KeyFigures) -> Iterator[RegisterRow]:
    yield from _by_scheme(figures, "contribute", SCHEMES)
    yield from _by_scheme(figures, "affiliated", SCHEMES[:1])
    law = _row(figures, "legally_covered", {}, "compulsory")
    if law.persons.status:
        yield law


def _by_scheme(figures: KeyFigures, name: str, schemes: Sequence[str]) -> Iterator[RegisterRow]:
    for scheme in schemes:
        row = _row(figures, name, {} if scheme == "total" else {"scheme": scheme}, scheme)
        if row.persons.status:
            yield row


def _further(figures: KeyFigures, areas: Mapping[str, str]) -> Iterator[RegisterRow]:
    """Give the affiliated by scheme, and who contributes by sex and by province of residence."""
    yield from _by_scheme(figures, "affiliated", SCHEMES[1:])
    for breakdown in ("sex", "admin1_code"):
        names = areas if breakdown == "admin1_code" else code_labels()
        for code in figures.categories("contribute", "persons", breakdown):
            row = _row(figures, "contribute", {}, "total", (breakdown, code))
            yield replace(row, category=names.get(code, code))


def _row(
    figures: KeyFigures,
    name: str,
    where: Mapping[str, str],
    scheme: str = "total",
    domain: tuple[str, str] = ("total", "TOTAL"),
) -> RegisterRow:
    persons = figures.cell(name, "persons", *domain, **where)
    ratio = figures.cell(name, "share", *domain, **where)
    base = figures.base(name, *domain, **where)
    if ratio.withheld:
        base = withhold(base)
    first = dict(key_figures()[name].answers)["persons"]
    return RegisterRow(
        concept=first.name,
        scheme=words_tables.SCHEMES.get(scheme, scheme),
        category="",
        persons=persons,
        denominator=base,
        ratio=ratio,
        persons_text=numbers.mark(persons),
        persons_interval=numbers.interval(persons),
        denominator_text=numbers.mark(base),
        ratio_text=numbers.mark(ratio),
        interval=numbers.interval(ratio),
        dates=words_tables.dates(ratio if ratio.status else persons),
        rule="",
    )


def _counted(frame: pl.DataFrame | None, areas: Mapping[str, str]) -> Iterator[RegisterRow]:
    """Give the rows of a register as it counts: the whole country, or with areas its domains."""
    if frame is None:
        return
    kept = frame.filter((pl.col("breakdown") == "total") != bool(areas))
    for row in kept.sort(
        "concept", "scheme", "category", descending=[True, False, False]
    ).to_dicts():
        persons, base, ratio = register_cells(row)
        names = areas if row["breakdown"] == "admin1_code" else code_labels()
        yield RegisterRow(
            concept=f"{terms.CONCEPTS.get(row['concept'], row['concept'])}, as the register counts",
            scheme=words_tables.SCHEMES.get(row["scheme"], row["scheme"]),
            category=names.get(row["category"], row["category"]) if areas else "",
            persons=persons,
            denominator=withhold(base) if ratio.withheld else base,
            ratio=ratio,
            persons_text=numbers.mark(persons),
            persons_interval="",
            denominator_text=numbers.mark(withhold(base) if ratio.withheld else base),
            ratio_text=numbers.mark(ratio),
            interval=numbers.interval(ratio),
            dates=words_tables.dates(ratio),
            rule=row["rule"] or "",
        )


def difference(figures: KeyFigures, bridge: pl.DataFrame | None, age: str) -> Said | None:
    """Say what the register holds beside what people say, and what the difference is made of.

    Args:
        figures: the wave's key figures.
        bridge: its rows of pub.bridge; None where there are none.
        age: the youngest who are counted.
    """
    persons, share = (figures.cell("contribute", form) for form in ("persons", "share"))
    said = figures.cell("say_they_contribute", "persons")
    if not (persons.published and share.published):
        return None
    return words_register.beside(persons, share, said, _steps(bridge), age)


def _steps(bridge: pl.DataFrame | None) -> dict[str, Cell]:
    """Give the steps from the register to the survey's word, for all schemes."""
    if bridge is None:
        return {}
    rows = bridge.filter((pl.col("breakdown") == "total") & (pl.col("scheme") == "total"))
    return {
        row["row"]: Cell("bridge", row["row"], "total", "TOTAL", "PS", "A", row["persons"])
        for row in rows.to_dicts()
        if row["row"] in STEPS and row["persons"] is not None
    }


def block_uses(block: RegisterBlock | None) -> list[Use]:
    """Give every figure printed in the block and in its sheet of the workbook."""
    if block is None:
        return []
    return [
        use
        for row in (*block.rows, *block.further)
        for use in (
            *numbers.uses(row.persons, row.ratio),
            *numbers.uses(row.denominator, fields=("value",)),
        )
    ]
