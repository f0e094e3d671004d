"""What a column's name, label and value labels say about its role; no row is read here."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

from data_contracts.profile.lexicon import (
    UNKNOWN_CODES,
    Entry,
    best,
    bracket,
    lexicon,
    means_no_number,
    recognise,
)
from transforms.read.table import Variable

ENOUGH = 0.5  # below this nothing is proposed: a person chooses
SHOWN = 5  # candidates kept of each canonical column
YES_AND_NO = 0.2  # what these two answers weigh where a question has them: many have
MENTIONED = 0.2  # a phrase that covers less of a label is mentioned in it, and names it not
LABELS_ALONE = 0.3  # what value labels weigh without a word: shown, and never enough
MOST_LABELS = 0.6  # share of a column's labels that must be recognised for it to speak alone
PAIR = 2  # meanings at most that yes and no could be taken for
FEW_LABELS = 3  # more labelled codes than this, and a column is no number
recognised = cache(recognise)  # files repeat few labels ("Yes", "No") in hundreds of columns


@dataclass(frozen=True)
class Candidate:
    """A raw column that may be the one looked for, with a score from 0 to 1 and the reasons."""

    raw: str
    score: float
    reasons: tuple[str, ...]

    def times(self, factor: float, reason: str) -> "Candidate":
        """Give the candidate with its score multiplied, and the reason added."""
        return replace(self, score=self.score * factor, reasons=(*self.reasons, reason))

    def joined(self, weight: float, reason: str) -> "Candidate":
        """Give the candidate with one more sign of its own weight, and the reason added."""
        score = 1 - (1 - self.score) * (1 - weight)
        return replace(self, score=score, reasons=(*self.reasons, reason))


def says_nothing(variables: Mapping[str, Variable]) -> bool:
    """Tell a file that labels neither its columns nor its codes."""
    return not any(one.label or one.value_labels for one in variables.values())


def candidates(
    variables: Mapping[str, Variable], *, silent: bool = False
) -> dict[str, list[Candidate]]:
    """Rank the file's columns for every canonical column by what is written on them.

    Args:
        variables: the file's columns by lower-case name.
        silent: the file labels nothing, so that a column without labels is no worse than others.

    Returns:
        Canonical column to candidates, the likeliest first; columns without any sign left out.
    """
    ranked = {}
    for column, entry in lexicon().items():
        scored = (_candidate(column, entry, raw, one, silent) for raw, one in variables.items())
        signs = [one for one in scored if one is not None]
        ranked[column] = sorted(signs, key=lambda one: -one.score)
    return ranked


def _candidate(
    column: str, entry: Entry, raw: str, variable: Variable, silent: bool
) -> Candidate | None:
    """Score one column: signs are joined as independent, what speaks against it multiplies."""
    covered = max(best(entry.words, one)[0] for one in (variable.label, _bare(variable.label)))
    named, _ = best(entry.names, re.sub(r"[_\d.]+", " ", variable.name))
    doubt, reasons = 1.0, []
    if covered:
        doubt *= 1 - _said(covered)
        reasons.append(f'label "{variable.label}"')
    if named:
        doubt *= 1 - (0.25 + 0.35 * named)
        reasons.append("name")
    meant, share = _meant(column, variable)
    if not reasons:  # yes and no, public and private stand under many questions
        if column == "enterprise_size" and _bands(variable):
            return Candidate(raw, LABELS_ALONE, ("only its codes labelled as bands",))
        if entry.kind != "coded" or len(meant) < 2 or share < MOST_LABELS or "yes" in meant:
            return None
        return Candidate(
            raw, LABELS_ALONE * share, (f"only codes labelled {', '.join(sorted(meant))}",)
        )
    if "yes" in meant and {"yes", "no"} <= set(entry.codes):
        doubt *= 1 - YES_AND_NO
        reasons.append("answered by yes and no")
    elif entry.kind in {"coded", "classification"} and len(meant) > 1:
        doubt *= 1 - 0.7 * share
        reasons.append(f"codes labelled {', '.join(sorted(meant))}")
    found = Candidate(raw, 1 - doubt, tuple(reasons))
    return _doubted(found, column, entry, variable, meant, silent)


def _bands(variable: Variable) -> bool:
    """Tell whether the value labels are bands of numbers, three at least."""
    words = [label for label in variable.value_labels.values() if not means_no_number(label)]
    return len(words) > 2 and all(bracket(label) is not None for label in words)


def _bare(label: str) -> str:
    """Give a label without what stands in brackets: a name to be filled in, a scheme, a unit."""
    return re.sub(r"\([^)]*\)|\[[^]]*\]|%\w+%", " ", label)


def _said(covered: float) -> float:
    """Give what a label weighs of which a phrase covers this share; a long question mentions much."""
    if covered >= MENTIONED:
        return 0.4 + 0.45 * covered
    return 0.4 * covered / MENTIONED


def _meant(column: str, variable: Variable) -> tuple[set[str], float]:
    """Give the codes that the value labels name, and the share of labels recognised.

    Yes and no alone say nothing of which question was asked, nor does "unknown".
    """
    known = [recognised(column, label) for label in variable.value_labels.values()]
    meant = {code for code in known if code not in {"", *UNKNOWN_CODES} and code[-2:] != "_X"}
    answers = {recognised("bookkeeping", label) for label in variable.value_labels.values()}
    # "Có việc làm" and "Không hoạt động" (has work, is not active) begin as yes and no do.
    if "yes" not in lexicon()[column].codes and {"yes", "no"} <= answers and len(meant) <= PAIR:
        return set(), 0.0
    return meant, sum(map(bool, known)) / max(len(known), 1)


def _doubted(
    found: Candidate, column: str, entry: Entry, variable: Variable, meant: set[str], silent: bool
) -> Candidate:
    """Lower the score where the label or the value labels speak against the role."""
    against = best(entry.against, variable.label)
    if against[0]:
        found = found.times(0.35, f'the label says "{against[1]}"')
    labels = variable.value_labels
    if entry.kind in {"coded", "yes_no"}:
        if silent:
            return found
        if not labels:
            found = found.times(0.8, "its codes carry no labels")
        elif entry.kind == "coded" and _others(column, variable) > _meant(column, variable)[1]:
            found = found.times(0.4, "its value labels are those of another column")
        elif entry.codes and len(meant) < 2:  # one code alone tells nothing
            factor = 0.85 if entry.loose else 0.5
            found = found.times(factor, "its value labels are not recognised")
    elif entry.kind in {"number", "design"} and _is_coded(column, variable):
        found = found.times(0.3, "its codes carry labels")
    elif entry.kind == "classification" and {"yes", "no"} <= {
        recognised("bookkeeping", label) for label in labels.values()
    }:
        found = found.times(0.2, "it is answered by yes and no")
    return found


def _others(column: str, variable: Variable) -> float:
    """Give the greatest share of value labels that another coded column recognises, if they are most."""
    shares = [
        share
        for name, entry in lexicon().items()
        if name != column and entry.kind == "coded" and "yes" not in entry.codes
        for meant, share in [_meant(name, variable)]
        if len(meant) > 2
    ]
    most = max(shares, default=0.0)
    return most if most >= MOST_LABELS else 0.0


def _is_coded(column: str, variable: Variable) -> bool:
    """Say whether labels make codes of what should be a number; sentinels and bands do not."""
    if column in {"strata", "age"}:  # strata carry names, and ages such as 0 and 97 words
        return False
    words = [label for label in variable.value_labels.values() if not means_no_number(label)]
    if column == "enterprise_size":
        words = [label for label in words if bracket(label) is None]
        return len(words) > len(variable.value_labels) / 2
    return len(words) > FEW_LABELS
