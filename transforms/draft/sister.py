"""A file held against the profile of a sister wave: which of its columns are there, renamed or gone; the text is written elsewhere."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Final

import polars as pl

from data_contracts.code_lists import schemes
from data_contracts.profile.profile import Profile
from data_contracts.profile.rule import CodeRange, ProfileRule, RawCondition
from transforms.draft.guess import Draft, codes_of
from transforms.draft.labels import ENOUGH, Candidate
from transforms.survey.classified import misfits

FOUND, RENAMED, UNSURE, GONE = "found", "renamed", "renamed?", "gone"
ALIKE: Final = 0.6  # names less alike than this say nothing
NAME_WEIGHS, CODES_WEIGH, LABEL_WEIGHS = 0.5, 0.5, 0.9
FITS: Final = 0.98  # share of answers that the sister's codes must know
MARGIN: Final = 0.15  # by which the best candidate must lead
SHOWN: Final = 3


@dataclass(frozen=True)
class Column:
    """How one raw column of the sister's profile fares in the file.

    Attributes:
        name: as the sister's profile reads it.
        uses: the canonical columns, keys and parts of the design that read it.
        status: ``found``, ``renamed`` (one candidate leads), ``renamed?`` or ``gone``.
        ranked: candidates among the file's other columns, the likeliest first.
    """

    name: str
    uses: tuple[str, ...]
    status: str
    ranked: tuple[Candidate, ...] = ()

    @property
    def now(self) -> str | None:
        """The column of the file that is taken for it; None where it is gone."""
        if self.status == FOUND:
            return self.name
        return None if self.status == GONE else self.ranked[0].raw


def compared(profile: Profile, draft: Draft, path: Path) -> list[Column]:
    """Say of each raw column of a profile whether a file has it, under another name, or not.

    A candidate is a column of the file that the profile does not name. For it speak a name like the
    old one, a label that the lexicon knows for the role, and codes of which the sister's rule knows
    every one; codes that it does not know speak against it.

    Args:
        profile: the sister's.
        draft: what labels and rows of the file say of every role.
        path: the file.

    Raises:
        InputError: the file cannot be read.
    """
    uses = _uses(profile)
    held = set(draft.variables)
    known = {*uses, *profile.variables}
    free = [name for name in draft.variables if name not in known]
    lost = [name for name in uses if name not in held]
    frame = codes_of(path, free, draft.encoding) if lost and free else pl.DataFrame()
    ranked = {name: _ranked(profile, draft, name, uses[name], frame) for name in lost}
    chosen = _one_each(ranked)
    return [
        Column(name, tuple(uses[name]), FOUND)
        if name in held
        else _judged(name, tuple(uses[name]), ranked[name], chosen.get(name))
        for name in uses
    ]


def _uses(profile: Profile) -> dict[str, list[str]]:
    """Give what each raw column is read for, in the profile's order."""
    keys, found = profile.keys, {name: list[str]() for name in profile.raw_names()}
    roles = {
        "strata": profile.strata, "psu": profile.psu, "weight": [profile.design.weight],
        "household": profile.household, "person": [keys.person] if keys.person else [],
    }  # fmt: skip
    for role, names in roles.items():
        for name in names:
            found[profile.resolve(name)].append(role)
    for column, rule in profile.columns.items():
        for name in profile.raw_names_of(rule):
            found[name].append(column)
    return found


def _ranked(
    profile: Profile, draft: Draft, name: str, uses: list[str], frame: pl.DataFrame
) -> list[Candidate]:
    made = [_candidate(profile, draft, name, uses, frame[raw]) for raw in frame.columns]
    signs = [one for one in made if one is not None]
    return sorted(signs, key=lambda one: -one.score)


def _candidate(
    profile: Profile, draft: Draft, name: str, uses: list[str], codes: pl.Series
) -> Candidate | None:
    raw, doubt, reasons = codes.name, 1.0, list[str]()
    alike = SequenceMatcher(None, name, raw).ratio()
    if alike >= ALIKE:
        doubt *= 1 - NAME_WEIGHS * alike
        reasons.append(f"name like {name}")
    for use in uses:
        guess = draft.guesses.get(use)
        told = next((one for one in guess.ranked if one.raw == raw), None) if guess else None
        if told is not None:
            doubt *= 1 - LABEL_WEIGHS * told.score
            reasons += told.reasons
            break
    verdicts = list(_verdicts(profile, name, codes))
    if any(not fits for fits, _ in verdicts):
        return None
    if not reasons and not verdicts:
        return None
    if verdicts:
        doubt *= 1 - CODES_WEIGH
        reasons += [said for _, said in verdicts]
    return Candidate(raw, 1 - doubt, tuple(dict.fromkeys(reasons)))


def _verdicts(profile: Profile, name: str, codes: pl.Series) -> Iterator[tuple[bool, str]]:
    """Say for each rule that reads the lost column whether it could read the candidate."""
    answers = codes.drop_nulls()
    for column, rule in profile.columns.items():
        if name not in profile.raw_names_of(rule) or not len(answers):
            continue
        scheme = schemes().get(column)
        if rule.number and profile.resolve(rule.from_ or "") == name:
            numeric = answers.cast(pl.Float64, strict=False)
            yield numeric.null_count() == 0 and answers.n_unique() > 10, "its rows are numbers"
        elif scheme is not None and rule.digits is not None:
            fit = next(misfits(scheme, codes, codes, rule.digits), None) is None
            yield fit and answers.n_unique() > 10, f"its codes are of {scheme.title}"
        elif known := set(_known(profile, rule, name)):
            share = float(answers.is_in(list(known)).mean() or 0)  # type: ignore[arg-type]
            held = known & set(answers.unique())
            # A rule with `else` or `other` takes every further code: a strange one refuses nothing.
            fits = share >= FITS and len(held) > 1
            if fits or (rule.else_ is None and rule.other is None):
                yield fits, f"{len(held)} of the {len(known)} codes stand in it"


def _known(profile: Profile, rule: ProfileRule, name: str) -> Iterator[str]:
    """Give the codes of a raw column to which a rule gives a meaning."""
    if profile.resolve(rule.from_ or "") == name:
        yield from rule.codes or ()
        yield from rule.brackets or ()
        low, high = rule.counts or (1, 0)
        yield from map(str, range(low, high + 1))
    if rule.factors_from is not None and profile.resolve(rule.factors_from) == name:
        yield from rule.factors
    for case in rule.cases or ():
        yield from _listed(profile, case.if_, name)


def _listed(profile: Profile, wanted: RawCondition, name: str) -> Iterator[str]:
    for way in wanted if isinstance(wanted, list) else [wanted]:
        for raw, codes in way.items():
            if profile.resolve(raw) == name and not isinstance(codes, CodeRange):
                yield from codes


def _one_each(ranked: Mapping[str, list[Candidate]]) -> dict[str, Candidate]:
    """Give each lost column its best free candidate, the surest first."""
    every = [(one, name) for name, many in ranked.items() for one in many if one.score >= ENOUGH]
    chosen: dict[str, Candidate] = {}
    for one, name in sorted(every, key=lambda pair: -pair[0].score):
        if name not in chosen and all(one.raw != taken.raw for taken in chosen.values()):
            chosen[name] = one
    return chosen


def _judged(
    name: str, uses: tuple[str, ...], ranked: list[Candidate], chosen: Candidate | None
) -> Column:
    if chosen is None:
        return Column(name, uses, GONE, tuple(ranked[:SHOWN]))
    others = [one for one in ranked if one.raw != chosen.raw]
    # Codes alone, such as 1 and 2, stand in many columns: a person must say.
    leads = not others or chosen.score - others[0].score >= MARGIN
    sure = leads and chosen.score > CODES_WEIGH
    return Column(name, uses, RENAMED if sure else UNSURE, (chosen, *others[: SHOWN - 1]))
