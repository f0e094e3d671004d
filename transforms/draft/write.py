"""A draft profile as YAML: what was guessed, why, and what a person must fill; guessing is elsewhere."""

import json
import re
from collections.abc import Iterator

from data_contracts.profile.lexicon import bracket, lexicon, means_no_number, recognise
from transforms.draft.guess import Draft, Guess
from transforms.read.table import Variable
from transforms.survey.harmonise import JOB_TEXT, PERSON_TEXT

CANONICAL = (
    *PERSON_TEXT[:3], "age", *PERSON_TEXT[3:], *JOB_TEXT,
    "enterprise_size", "hours_usual_week", "earnings_monthly",
)  # fmt: skip
DESIGN = ("weight", "strata", "psu", "household", "person")
NO_ID = "XXX_2000_DRAFT"
MAJOR_GROUPS = 5  # as many recognised, and the codes are major groups of ISCO already
LONGEST = 3  # other candidates named beside a guess


def profile_yaml(draft: Draft, survey_id: str = NO_ID) -> str:
    """Write a profile that its schema accepts, whatever was found.

    Args:
        draft: what was found.
        survey_id: country, year and name, such as ``CRI_2020_ENAHO``.

    Returns:
        YAML with the evidence as comments; lines to be completed by a person say FILL. It holds
        names, labels and labelled codes of the file, and no value of a row.
    """
    lines = [*_head(draft, survey_id), *_design(draft)]
    lines.append("columns:")
    for column in CANONICAL:
        lines += _column(draft, column)
    return "\n".join(lines) + "\n"


def _head(draft: Draft, survey_id: str) -> Iterator[str]:
    country, year, name = survey_id.split("_")
    found = sum(guess.chosen is not None for guess in draft.guesses.values())
    yield (
        f"# DRAFT from {draft.file}: {draft.rows:,} rows, {len(draft.variables)} columns; "
        f"{found} of {len(draft.guesses)} roles found."
    )
    yield "# A person must fill or check every line that says FILL, read each guess, compare codes"
    yield "# with the questionnaire, say where skipped questions leave blanks (blank:), and set"
    yield "# status to sourced. Then: informality profile check FILE --profile THIS"
    yield f"survey_id: {survey_id}" + ("  # FILL" if survey_id == NO_ID else "")
    yield "title: FILL  # FILL: survey, country, round"
    yield "status: unverified"
    yield f"ref_area: {country}"
    yield f"source_type: {'LFS' if 'LFS' in name else 'HS'}  # FILL: LFS or HS (household survey)"
    yield f'time_period: "{year}"  # FILL: also 2021Q4 and the like'
    yield f"reference_year: {year}"
    yield "currency: XXX  # FILL: ISO 4217"
    yield "min_age_labour: 15  # FILL"
    yield "standards: {icls: ICLS13}  # FILL: ICLS19 if own-use producers are not employed; icse, isic, isco"
    yield "citation: FILL  # FILL: as the owner of the data wants to be cited"


def _design(draft: Draft) -> Iterator[str]:
    missing = [name for name in DESIGN if draft.guesses[name].chosen is None and name != "person"]
    if missing:
        yield "settings:"
        for name in missing:
            yield f"  {name}: {{default: fill_me, why: draft found no column for it}}  # FILL"
    named = {
        name: _text(draft, guess.chosen.raw) if guess.chosen else f"${name}"
        for name, guess in draft.guesses.items()
        if name in DESIGN
    }
    yield from (_evidence(draft.guesses[name], name + ": ") for name in ("household", "person"))
    person = f", person: {named['person']}" if draft.guesses["person"].chosen else ""
    yield f"keys: {{household: [{named['household']}]{person}}}"
    yield from (_evidence(draft.guesses[name], name + ": ") for name in ("strata", "psu", "weight"))
    yield (
        f"design: {{strata: [{named['strata']}], psu: [{named['psu']}], "
        f"weight: {named['weight']}}}  # FILL: lonely, if a stratum has one PSU; description"
    )
    areas = draft.guesses["admin1_code"].chosen
    labels = draft.variables[areas.raw].value_labels if areas else {}
    if labels:
        pairs = ", ".join(f'"{code}": {_quoted(label)}' for code, label in labels.items())
        yield f"admin1_labels: {{{pairs}}}"


def _column(draft: Draft, column: str) -> Iterator[str]:
    guess = draft.guesses.get(column)
    if guess is None or guess.chosen is None:
        weak = [f"{one.raw} {one.score:.2f}" for one in guess.ranked[:LONGEST]] if guess else []
        note = f"  # weak signs: {', '.join(weak)}" if weak else ""
        yield f'  {column}: {{not_asked: "draft: no column found; say why or map it"}}{note}'
        return
    yield _evidence(guess, "  ")
    variable = draft.variables[guess.chosen.raw]
    raw = _text(draft, guess.chosen.raw)
    if column == "enterprise_size":
        yield from _size(raw, variable)
    elif column == "admin1_code":
        yield f"  {column}: {{from: {raw}}}"
    elif column == "industry_isic4_2d":
        shape = "digits: 4, take: 2" if draft.widest[guess.chosen.raw] > 2 else "digits: 2"
        yield f"  {column}: {{from: {raw}, {shape}}}  # FILL: is it ISIC Rev. 4?"
    elif lexicon()[column].kind == "number":
        sentinels = [
            code for code, label in variable.value_labels.items()
            if means_no_number(label) and re.fullmatch(r"-?\d+(\.\d+)?", code)
        ]  # fmt: skip
        missing = f", missing: [{', '.join(sentinels)}]" if sentinels else ""
        yield f"  {column}: {{from: {raw}, number: true{missing}}}"
    else:
        yield from _coded(column, raw, variable)
    if (guess.unlabelled and lexicon()[column].kind != "number") or column == "enterprise_size":
        yield from _partly(guess)


def _coded(column: str, raw: str, variable: Variable) -> Iterator[str]:
    known = {code: recognise(column, label) for code, label in variable.value_labels.items()}
    meant = {code: canonical for code, canonical in known.items() if canonical}
    if column == "occupation_major" and len(set(meant.values())) < MAJOR_GROUPS:
        yield f"  {column}: {{from: {raw}, digits: 4, take: 1, prefix: OCU_ISCO08_, blank: OCU_ISCO08_X}}  # FILL: is it ISCO-08 with four digits?"
        return
    pairs = ", ".join(f"{_quoted(code)}: {_quoted(said)}" for code, said in meant.items())
    yield f"  {column}: {{from: {raw}, codes: {{{pairs}}}}}"
    for code, said in known.items():
        if not said:
            yield f"    # FILL: code {code} {_quoted(_one_line(variable.value_labels[code]))}"
    if not variable.value_labels:
        yield "    # FILL: the file labels no code of this column"


def _size(raw: str, variable: Variable) -> Iterator[str]:
    bands = {code: bracket(label) for code, label in variable.value_labels.items()}
    known = {code: band for code, band in bands.items() if band is not None}
    known |= {
        code: [None, None]
        for code, label in variable.value_labels.items()
        if code not in known and means_no_number(label)
    }
    if not known:
        yield f"  enterprise_size: {{from: {raw}, counts: [1, 9999]}}  # FILL: true counts, as no code has a label?"
        return
    pairs = ", ".join(f"{_quoted(code)}: {json.dumps(band)}" for code, band in known.items())
    yield f"  enterprise_size: {{from: {raw}, brackets: {{{pairs}}}}}"
    for code, label in variable.value_labels.items():
        if code not in known:
            yield f"    # FILL: code {code} {_quoted(_one_line(label))}"


def _partly(guess: Guess) -> Iterator[str]:
    if not guess.unlabelled:
        return
    codes = ", ".join(guess.unlabelled)
    if guess.column == "enterprise_size":
        low, _, high = guess.unlabelled[0].partition("-")
        yield (
            f"    # FILL: partly labelled: codes {codes} carry no label: true counts? "
            f"Then add counts: [{low}, {high or low}]"
        )
    else:
        yield f"    # FILL: partly labelled: codes {codes} stand in the rows and carry no label"


def _evidence(guess: Guess, lead: str) -> str:
    indent = lead if not lead.strip() else ""
    name = "" if indent else lead
    if guess.chosen is None:
        weak = ", ".join(f"{one.raw} {one.score:.2f}" for one in guess.ranked[:LONGEST])
        return f"{indent}# {name}no guess; weak signs: {weak or 'none'}"
    others = [one for one in guess.ranked if one.raw != guess.chosen.raw][:LONGEST]
    following = ", ".join(f"{one.raw} {one.score:.2f}" for one in others)
    why = "; ".join(_one_line(reason) for reason in guess.chosen.reasons)
    return f"{indent}# {name}guess {guess.chosen.score:.2f}: {why}" + (
        f"; next: {following}" if following else ""
    )


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _text(draft: Draft, raw: str) -> str:
    """Give a raw name as YAML text: plain where YAML reads it as it stands."""
    name = draft.variables[raw].name.lower()
    plain = re.fullmatch(r"[a-z_][a-z0-9_]*", name) and name not in {
        "y",
        "n",
        "yes",
        "no",
        "on",
        "off",
        "true",
        "false",
        "null",
    }
    return name if plain else _quoted(name)
