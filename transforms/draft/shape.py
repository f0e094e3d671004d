"""What the rows say about a column's role: nesting, counts and ranges; never a value itself."""

from collections.abc import Callable, Mapping, Sequence
from itertools import product

import polars as pl

from data_contracts.code_lists import schemes
from data_contracts.profile.lexicon import lexicon, recognise
from transforms.draft.facts import digits_of
from transforms.draft.labels import Candidate
from transforms.read.table import Variable

READ = {"weight": 6, "strata": 10, "psu": 6, "household": 6, "person": 6, "age": 4,
        "admin1_code": 5, "hours_usual_week": 4, "industry_isic4_2d": 4,
        "occupation_major": 4}  # fmt: skip
ROWS_FIT, PAIR_FITS = 0.3, 0.5  # what rows weigh that fit the role
LEAST, MOST = 1.5, 12  # persons a household, on average
FEW_GROUPS = 4  # labels of as many groups tell nothing of a whole list
SCALED = 0.001  # how near the mean weight is to 1 where weights sum to the rows
NESTED = 0.99  # share of inner units that lie in one outer unit alone
Ranked = dict[str, list[Candidate]]
Test = Callable[[pl.DataFrame, str, str], tuple[float, str]]  # 0 where the pair fits


def wanted(ranked: Mapping[str, Sequence[Candidate]]) -> list[str]:
    """List the raw columns whose rows are worth reading, in the order of the ranking."""
    chosen = [one.raw for name, many in READ.items() for one in ranked.get(name, [])[:many]]
    return list(dict.fromkeys(chosen))


def texts(
    ranked: Mapping[str, Sequence[Candidate]], variables: Mapping[str, Variable]
) -> list[str]:
    """List text columns that stand for codes by their label alone: do they hold codes or words?"""
    return [
        one.raw
        for name, many in ranked.items() if lexicon()[name].kind in {"coded", "yes_no"}
        for one in many[:2]
        if variables[one.raw].kind == "text" and not variables[one.raw].value_labels
    ]  # fmt: skip


def without_words(ranked: Ranked, frame: pl.DataFrame, names: Sequence[str]) -> Ranked:
    """Lower the score of text columns whose rows hold words where codes were expected."""
    worded = [
        name for name in names
        if not frame[name].drop_nulls().str.contains(r"^-?\d{1,4}$|^[A-Za-z]$").all()
    ]  # fmt: skip
    lowered = {
        name: [
            one.times(0.4, "its rows hold words, not codes") if one.raw in worded else one
            for one in many
        ]
        for name, many in ranked.items()
    }
    return {name: sorted(many, key=lambda one: -one.score) for name, many in lowered.items()}


def by_rows(
    ranked: Mapping[str, Sequence[Candidate]],
    frame: pl.DataFrame,
    variables: Mapping[str, Variable],
) -> Ranked:
    """Rank again with the rows at hand.

    Args:
        ranked: as ``labels.candidates`` gives it.
        frame: the columns that ``wanted`` lists, under lower-case names, codes as text.
        variables: the file's columns, for their labels.

    Returns:
        The same candidates with new scores; those whose rows were not read stay last.
    """
    known: Ranked = {name: list(many) for name, many in ranked.items()}
    for name in ("weight", "age", "admin1_code", "hours_usual_week"):
        known[name] = [_alone(name, one, frame) for one in known.get(name, [])]
    for name in schemes():
        known[name] = [_classified(name, one, frame, variables) for one in known.get(name, [])]
    _pairs(known, "strata", "psu", frame, _nesting)
    if any(one.raw in frame.columns for one in known.get("person", [])):
        _pairs(known, "household", "person", frame, _numbering)
    else:
        known["household"] = [_unnumbered(one, known, frame) for one in known["household"]]
    return {name: sorted(many, key=lambda one: -one.score) for name, many in known.items()}


def _classified(
    name: str, one: Candidate, frame: pl.DataFrame, variables: Mapping[str, Variable]
) -> Candidate:
    """Judge codes of a classification: of the right length and list, or labelled one by one."""
    if one.raw not in frame.columns or _listed(name, variables[one.raw]):
        return one
    title = schemes()[name].title
    found = digits_of(name, frame[one.raw], variables[one.raw])
    if found is None:
        return one.times(0.2, f"its codes are not of {title}, at no number of digits")
    return one.joined(PAIR_FITS, f"its codes are of {title} at {found.digits} digits")


def _listed(name: str, variable: Variable) -> bool:
    """Tell a column whose labels name the categories themselves, such as major groups."""
    meant = {recognise(name, label) for label in variable.value_labels.values()} - {""}
    return len(meant) > FEW_GROUPS


def _alone(name: str, one: Candidate, frame: pl.DataFrame) -> Candidate:
    if one.raw not in frame.columns:
        return one.times(0.8, "its rows were not read")
    values = frame[one.raw].cast(pl.Float64, strict=False)
    distinct, blank = frame[one.raw].n_unique(), values.null_count() / max(len(values), 1)
    low, high = float(values.min() or 0), float(values.max() or 0)  # type: ignore[arg-type]
    if name == "weight":
        # Weights may be few (self-weighting strata), and may be scaled to sum to the rows.
        whole = float(values.sum()) / max(len(values), 1)
        fits = blank == 0 and low > 0 and distinct > 1 and (whole > 1.5 or abs(whole - 1) < SCALED)
        reason = "positive in every row, and the sum is far above the rows, or is the rows"
    elif name == "age":
        fits = blank < 0.05 and 0 <= low <= 30 and 50 <= high <= 999 and distinct > 30
        reason = "whole numbers with the range of ages"
    elif name == "hours_usual_week":
        fits = low >= 0 and high <= 999 and distinct > 10
        reason = "numbers with the range of weekly hours"
    else:
        fits = 2 < frame[one.raw].drop_nulls().n_unique() <= 90
        reason = "a few areas"
    return one.joined(ROWS_FIT, reason) if fits else one.times(0.3, f"the rows are not: {reason}")


def _pairs(known: Ranked, outer: str, inner: str, frame: pl.DataFrame, test: Test) -> None:
    """Let each candidate keep the best verdict that a partner gives it; without one it halves."""
    read = {
        name: [one for one in known.get(name, []) if one.raw in frame.columns]
        for name in (outer, inner)
    }
    found: dict[tuple[str, str], tuple[float, float, str]] = {}
    for left, right in product(read[outer], read[inner]):
        if left.raw == right.raw:
            continue
        factor, reason = test(frame, left.raw, right.raw)
        mark = (factor or 2.0) * left.score * right.score
        for key in ((outer, left.raw), (inner, right.raw)):
            found[key] = max(found.get(key, (0.0, 0.5, "")), (mark, factor, reason))
    for name in (outer, inner):
        known[name] = [
            _verdict(one, *found.get((name, one.raw), (0.0, 0.5, "no partner fits"))[1:])
            for one in known.get(name, [])
        ]


def _verdict(one: Candidate, factor: float, reason: str) -> Candidate:
    return one.times(factor, reason) if factor else one.joined(PAIR_FITS, reason)


def _unnumbered(one: Candidate, known: Ranked, frame: pl.DataFrame) -> Candidate:
    """Judge a household where the file numbers no person: by its size, and by its one PSU."""
    psu = max(known["psu"], key=lambda unit: unit.score, default=None)
    if psu is None or psu.raw == one.raw or not {psu.raw, one.raw} <= set(frame.columns):
        return one
    inner = frame.group_by(one.raw).agg(pl.len(), pl.col(psu.raw).n_unique().alias("outer"))
    size, nested = len(frame) / inner.height, (inner["outer"] == 1).mean()
    if LEAST <= size <= MOST and float(nested or 0) >= NESTED:  # type: ignore[arg-type]
        return one.joined(ROWS_FIT, f"{size:.1f} rows in each {one.raw}, each within one {psu.raw}")
    return one.times(0.5, f"{size:.1f} rows in each {one.raw}")


def _nesting(frame: pl.DataFrame, strata: str, psu: str) -> tuple[float, str]:
    units = frame.group_by(psu).agg(pl.col(strata).n_unique().alias("outer"))
    outer = frame[strata].n_unique()
    if not 2 <= outer <= units.height / 2 or not 10 <= units.height <= len(frame) / 2:
        return 0.3, "the numbers of strata and PSUs do not fit a sample"
    share = float((units["outer"] == 1).mean() or 0)  # type: ignore[arg-type]
    if share >= NESTED:
        return 0.0, f"{units.height:,} PSUs ({psu}), each within one of {outer:,} strata ({strata})"
    return 0.7, f"{psu} is not nested in {strata}: numbered within it?"


def _numbering(frame: pl.DataFrame, household: str, person: str) -> tuple[float, str]:
    size = len(frame) / max(frame[household].n_unique(), 1)
    repeated = float(frame.select(pl.struct(household, person).is_duplicated().mean()).item())
    if not LEAST <= size <= MOST:
        return 0.4, f"{size:.1f} rows in each {household}"
    if frame[person].n_unique() > 99:
        return 0.6, f"{person} does not number within the household"
    if repeated > 0.01:
        return 0.6, f"{household} and {person} repeat in {repeated:.0%} of rows"
    return 0.0, f"{household} holds {size:.1f} rows each, and {person} numbers them"
