"""A draft profile as YAML: its head, design and columns, and what was not found; guessing is elsewhere.

The rule of each column is written by ``rules``.
"""

from collections.abc import Iterator
from dataclasses import replace

from data_contracts.code_lists import code_rows
from transforms.draft.guess import Draft
from transforms.draft.rules import (
    column_rule,
    doubt,
    evidence,
    listed,
    offered_rule,
    quoted,
    raw_text,
    writes,
)
from transforms.survey.harmonise import JOB_TEXT, PERSON_TEXT

CANONICAL = (
    *PERSON_TEXT[:3], "age", *PERSON_TEXT[3:], *JOB_TEXT,
    "enterprise_size", "hours_usual_week", "earnings_monthly",
)  # fmt: skip
DESIGN = ("weight", "strata", "psu", "household", "person")
NO_ID = "XXX_2000_DRAFT"
NOTHING = 'sex: {not_asked: "draft: no column was recognised"}'
WORKING_AGE = 15


def profile_yaml(draft: Draft, survey_id: str = NO_ID) -> str:
    """Write a profile that its schema accepts, whatever was found.

    Args:
        draft: what was found.
        survey_id: country, year and name, such as ``CRI_2020_ENAHO``.

    Returns:
        YAML with the evidence as comments; lines to be completed by a person say FILL, and the
        profile is no profile until they are. It holds names, labels and labelled codes of the file,
        and no value of a row.
    """
    lines = [*_head(draft, survey_id), *_design(draft)]
    columns = [line for column in CANONICAL for line in column_rule(draft, column)]
    lines += ["columns:", *(columns or [f"  {NOTHING}"])]
    lines += _not_found(draft)
    return "\n".join(lines) + "\n"


def _head(draft: Draft, survey_id: str) -> Iterator[str]:
    country, year, name = survey_id.split("_")
    found = sum(guess.chosen is not None for guess in draft.guesses.values())
    yield (
        f"# DRAFT from {draft.file}: {draft.rows:,} rows, {len(draft.variables)} columns; "
        f"{found} of {len(draft.guesses)} roles found."
    )
    yield "# Each guess stands below its evidence: read it beside the questionnaire. A line with a mark"
    yield "# (the word FILL) waits for you: say what is asked there and take the mark away. Then:"
    yield "#   informality profile check FILE --profile THIS"
    yield f"survey_id: {survey_id}" + ("  # FILL: CCC_YYYY_NAME" if survey_id == NO_ID else "")
    yield f"title: {quoted(f'{_country(country)}, {name} {year}')}"
    yield "status: unverified"
    yield f"ref_area: {country}" + ("  # FILL: ISO 3166-1 alpha-3" if survey_id == NO_ID else "")
    yield f"source_type: {'LFS' if 'LFS' in name or 'EFT' in name else 'HS'}"
    yield f'time_period: "{year}"  # or a quarter, 2021Q4'
    yield f"reference_year: {year}"
    yield from _currency(country)
    yield f"min_age_labour: {max(draft.asked_from or 0, WORKING_AGE)}{_age_note(draft)}"
    if draft.encoding is not None:
        yield f"encoding: {draft.encoding}"
    yield "standards: {icls: ICLS13}  # FILL: ICLS13, or ICLS19 if who farms for own use is not employed"
    yield "citation: FILL  # as the owner of the data wants to be cited"


def _country(code: str) -> str:
    return next((r["name_en"] for r in code_rows("countries") if r["ref_area"] == code), code)


def _currency(country: str) -> Iterator[str]:
    known = {row["ref_area"]: row["currency"] for row in code_rows("currencies")}
    if country in known:
        yield f"currency: {known[country]}  # the country's today (ISO 4217)"
    else:
        yield "currency: XXX  # FILL: ISO 4217"


def _age_note(draft: Draft) -> str:
    if draft.asked_from is None or draft.asked_from == WORKING_AGE:
        return ""
    return f"  # the file answers the activity question from age {draft.asked_from}"


def _design(draft: Draft) -> Iterator[str]:
    raw = {
        name: raw_text(draft, guess.chosen.raw)
        for name in DESIGN
        if (guess := draft.guesses[name]).chosen
    }
    if "weight" not in raw:
        yield "settings:"
        yield "  weight: {default: fill_me, why: draft found no column for it}  # FILL: the weight"
    for name in DESIGN:
        yield evidence(draft.guesses[name], f"{name}: ")
    keys = [f"household: [{raw['household']}]"] if "household" in raw else []
    keys += [f"person: {raw['person']}"] if "person" in raw else []
    missing = [name for name in ("strata", "psu") if name not in raw]
    lost = (
        " # FILL: no household number found"
        if not keys or ("household" not in raw and "psu" in missing)
        else ""
    )
    yield f"keys: {{{', '.join(keys) or 'household: [fill_me]'}}}{lost and ' ' + lost}"
    parts = [f"{name}: [{raw[name]}]" for name in ("strata", "psu") if name in raw]
    parts.append(f"weight: {raw.get('weight', '$weight')}")
    mark = doubt(draft.guesses["weight"], draft)
    if missing:
        mark = f"  # FILL: no {' and no '.join(missing)} found; right, or name it"
    if draft.lonely:
        parts.append("lonely: average")
        mark = f"  # FILL: one unit alone in strata {listed(draft.lonely)}: join them by collapse, or is average right?"
    yield f"design: {{{', '.join(parts)}}}{mark}"
    areas = draft.guesses["admin1_code"].chosen
    labels = draft.variables[areas.raw].value_labels if areas else {}
    if labels:
        pairs = ", ".join(f"{quoted(code)}: {quoted(label)}" for code, label in labels.items())
        yield f"admin1_labels: {{{pairs}}}"


def _not_found(draft: Draft) -> Iterator[str]:
    """Name the columns that nothing was found for; the profile is complete without them.

    Where signs are weak the rule stands ready: who takes the mark before it away, takes it.
    """
    derived = {"economic_sector"} if draft.guesses["industry_isic4_2d"].chosen else set[str]()
    gone = [name for name in CANONICAL if not writes(draft, name) and name not in derived]
    offered = {name: rule for name in gone if (rule := offered_rule(draft, name)) is not None}
    if offered:
        yield "# Weak signs only. Where one is right, take the # before it away:"
    for name, rule in offered.items():
        weak = replace(draft.guesses[name], chosen=draft.offered[name])
        yield evidence(weak, "  ").replace("guess", "weak", 1)
        yield f"  # {name}: {rule}"
    silent = [name for name in gone if name not in offered]
    if silent:
        yield "# No column found for these; what needs them is then NOT COMPUTABLE, and the check says so:"
        yield f"#   {', '.join(silent)}"
