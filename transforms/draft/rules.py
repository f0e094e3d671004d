"""The rule of one canonical column as a draft writes it, with the evidence and what a person must say."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from data_contracts.contract.canonical_codes import closed_sets, usual_blank
from data_contracts.profile.lexicon import bracket, lexicon, means_no_number, recognise
from transforms.draft.facts import Digits
from transforms.draft.guess import Draft, Guess
from transforms.read.table import Variable, numbered_labels

MAJOR_GROUPS = 5  # as many recognised, and the codes are major groups of ISCO already
LONGEST = 3  # other candidates named beside a guess
SURE, NEAR = 0.6, 0.05  # a guess below the first is asked about, and one with another so near
HEADLINE = {
    "weight", "lfs_status_given", "worked_for_pay", "status_icse93", "institutional_unit",
    "bookkeeping", "registration", "employer_social_contribution", "social_security",
}  # fmt: skip
SHOWN = 30  # codes or strata that a line names
NO_NAMES = {
    "y",
    "n",
    "yes",
    "no",
    "on",
    "off",
    "true",
    "false",
    "null",
}  # YAML reads them as values
# Where a code that nobody recognised may count as unknown: no headline stands on it.
DESCRIBES = {
    "marital_status": "MTS_X", "education_aggregate": "EDU_AGGREGATE_X",
    "economic_sector": "ECO_SECTOR_X", "workplace_type": "other", "contract_duration": "dont_know",
    "absence_reason": "other", "disability_status": "DSB_STATUS_X",
}  # fmt: skip
# The codes that files without labels mostly mean; a person must say so.
CUSTOM = {
    "sex": {"1": "SEX_M", "2": "SEX_F"},
    "area_type": {"1": "GEO_COV_URB", "2": "GEO_COV_RUR"},
}


def writes(draft: Draft, column: str) -> bool:
    """Tell whether a draft has a rule for a canonical column."""
    guess = draft.guesses.get(column)
    if guess is None or guess.chosen is None:
        return False
    # The sector follows from the industry, by ISIC itself.
    industry = draft.guesses["industry_isic4_2d"].chosen
    return column != "economic_sector" or industry is None


def column_rule(draft: Draft, column: str) -> Iterator[str]:
    """Give the lines of a canonical column's rule, its evidence first; none where nothing was found."""
    if writes(draft, column):
        guess = draft.guesses[column]
        yield evidence(guess, "  ")
        yield f"  {column}: {_rule(draft, guess)}"


def offered_rule(draft: Draft, column: str) -> str | None:
    """Give the rule of a column whose signs are weak, for a person to take or leave.

    None where there are no signs, or no code of it means anything.
    """
    first = draft.offered.get(column)
    if first is None or column == "economic_sector" or column not in draft.guesses:
        return None
    rule = _rule(draft, replace(draft.guesses[column], chosen=first))
    # No mark in a comment: who takes the rule sees what is to be settled, and who leaves it is done.
    return None if "codes: {}" in rule else rule.replace("# FILL:", "# settle:")


def _rule(draft: Draft, guess: Guess) -> str:
    """Write what stands behind a column's name, on one line."""
    chosen, column = guess.chosen, guess.column
    assert chosen is not None  # noqa: S101 - both callers say so
    variable, raw = draft.variables[chosen.raw], raw_text(draft, chosen.raw)
    if column == "enterprise_size":
        return _size(raw, variable, guess)
    if column == "admin1_code":
        return f"{{from: {raw}}}"
    if column == "industry_isic4_2d":
        return _digits(draft, column, raw, chosen.raw, "take: 2", "")
    if lexicon()[column].kind == "number":
        return f"{{from: {raw}, number: true{_missing(variable)}}}"
    return _coded(draft, column, raw, variable, guess)


def _digits(draft: Draft, column: str, raw: str, name: str, take: str, more: str) -> str:
    """Write a rule that takes leading digits; a person is asked where the rows do not settle it."""
    found = draft.digits.get(name, Digits(4, sure=False))
    digits = found.digits
    shape = f"digits: {digits}" + (f", {take}" if digits > int(take[-1]) else "")
    shape += f", missing: [{', '.join(found.missing)}]" if found.missing else ""
    title = "ISIC Rev. 4" if column == "industry_isic4_2d" else "ISCO-08"
    mark = "" if found.sure else f"  # FILL: is it {title} with {digits} digits?"
    return f"{{from: {raw}, {shape}{more}}}{mark}"


def _missing(variable: Variable) -> str:
    sentinels = [
        code for code, label in variable.value_labels.items()
        if means_no_number(label) and re.fullmatch(r"-?\d+(\.\d+)?", code)
    ]  # fmt: skip
    return f", missing: [{', '.join(sentinels)}]" if sentinels else ""


def doubt(guess: Guess, draft: Draft) -> str:
    """Ask about a guess on which a headline stands, where its signs are weak or another's as strong."""
    if guess.chosen is None or guess.column not in HEADLINE:
        return ""
    taken = {g.chosen.raw for g in draft.guesses.values() if g.chosen and g is not guess}
    near = [
        one.raw for one in guess.ranked
        if one.raw not in {guess.chosen.raw, *taken} and guess.chosen.score - one.score < NEAR
    ]  # fmt: skip
    if guess.chosen.score >= SURE and not near:
        return ""
    others = f", or {', '.join(near[:LONGEST])}" if near else ""
    return f"  # FILL: is it this column{others}?"


def _coded(draft: Draft, column: str, raw: str, variable: Variable, guess: Guess) -> str:
    known = {code: _meaning(column, label) for code, label in variable.value_labels.items()}
    meant = {code: canonical for code, canonical in known.items() if canonical}
    if column == "occupation_major" and len(set(meant.values())) < MAJOR_GROUPS:
        more = ", prefix: OCU_ISCO08_, blank: OCU_ISCO08_X"
        return _digits(
            draft, column, raw, guess.chosen.raw if guess.chosen else "", "take: 1", more
        )
    strange = {code: variable.value_labels[code] for code, said in known.items() if not said}
    gone = {code: one for code, one in strange.items() if means_no_number(one)}
    missing = [code for code in gone if re.fullmatch(r"-?\d+", code)]
    strange = {code: one for code, one in strange.items() if code not in missing}
    open_codes = [f"{code} {quoted(_one_line(label))}" for code, label in strange.items()]
    open_codes += [f"{code} without a label" for code in guess.unlabelled]
    more, mark = "", ""
    if not variable.value_labels:
        meant, mark = _unlabelled(column, guess)
    elif numbered_labels(variable):
        mark = "  # FILL: its labels are numbers other than its codes; which code is which?"
    elif open_codes and column in DESCRIBES:
        more = f", other: {DESCRIBES[column]}"
        mark = f"  # counted as {DESCRIBES[column]}: {listed(open_codes)}"
    elif open_codes:
        mark = f"  # FILL: codes {listed(open_codes)}"
    more += f", missing: [{', '.join(missing)}]" if missing else ""
    blank, said = _blank(draft, column, guess, bool(missing))
    pairs = ", ".join(f"{quoted(code)}: {quoted(said)}" for code, said in meant.items())
    mark = mark if "FILL" in mark else doubt(guess, draft) or mark
    return f"{{from: {raw}, codes: {{{pairs}}}{more}{blank}}}{mark or said}"


def _meaning(column: str, label: str) -> str:
    """Give the code that a label means; of "don't know" and the like the column's own word for it."""
    said = recognise(column, label)
    if said or not means_no_number(label):
        return said
    permitted = closed_sets().get(column, ())
    words = ("dont_know", usual_blank(column) or "")
    return next((word for word in words if word in permitted), "")


def _unlabelled(column: str, guess: Guess) -> tuple[dict[str, str], str]:
    """Propose the usual codes of a column whose file labels none; a person must confirm them."""
    if column in CUSTOM and set(guess.codes) == set(CUSTOM[column]):
        return CUSTOM[column], "  # FILL: the file labels no code; are these right?"
    codes = listed(guess.codes) or "none stands in the rows"
    return {}, f"  # FILL: the file labels no code of it: {codes}"


def _blank(draft: Draft, column: str, guess: Guess, missing: bool) -> tuple[str, str]:
    """Say what a blank means where the closed set has no word for it, as far as rows tell."""
    usual = usual_blank(column)
    if usual is None or usual in closed_sets().get(column, ()) or not (guess.blanks or missing):
        return "", ""
    if draft.blank_young:
        return ", blank: below_working_age", ""
    return (
        ", blank: outside",
        "  # FILL: is a blank outside the labour force? (or below_working_age)",
    )


def _size(raw: str, variable: Variable, guess: Guess) -> str:
    bands = {code: bracket(label) for code, label in variable.value_labels.items()}
    known = {code: band for code, band in bands.items() if band is not None}
    known |= {
        code: [None, None]
        for code, label in variable.value_labels.items()
        if code not in known and means_no_number(label)
    }
    if not known:
        return f"{{from: {raw}, counts: [1, 9999]}}  # FILL: true counts, as no code has a label?"
    pairs = ", ".join(f"{quoted(code)}: {json.dumps(band)}" for code, band in known.items())
    strange = [
        f"{code} {quoted(_one_line(label))}"
        for code, label in variable.value_labels.items()
        if code not in known
    ]
    mark = f"  # FILL: codes {listed(strange)}" if strange else ""
    if guess.unlabelled:
        low, _, high = guess.unlabelled[0].partition("-")
        codes = ", ".join(guess.unlabelled)
        mark = (
            f"  # FILL: partly labelled: codes {codes} carry no label: true counts? "
            f"Then add counts: [{low}, {high or low}]"
        )
    return f"{{from: {raw}, brackets: {{{pairs}}}}}{mark}"


def evidence(guess: Guess, lead: str) -> str:
    """Give the comment that says why a column was chosen, and which came next."""
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


def listed(items: Sequence[str]) -> str:
    """Join the first items of a list, and say how many more there are."""
    more = len(items) - SHOWN
    return ", ".join(items[:SHOWN]) + (f" and {more} more" if more > 0 else "")


def _one_line(text: str) -> str:
    return " ".join(text.split())


def quoted(text: str) -> str:
    """Give a text as YAML reads it whatever it holds."""
    return json.dumps(text, ensure_ascii=False)


def raw_text(draft: Draft, raw: str) -> str:
    """Give a raw name as YAML text: plain where YAML reads it as it stands."""
    name = draft.variables[raw].name.lower()
    plain = re.fullmatch(r"[a-z_][a-z0-9_]*", name) and name not in NO_NAMES
    return name if plain else quoted(name)
