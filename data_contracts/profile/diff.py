"""Two waves of a survey compared by their profiles: what breaks a series. Figures live in analyses/change."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, get_args

from data_contracts.profile.profile import Profile
from data_contracts.profile.raw_names import Variables, label_tree, meaning_trees
from data_contracts.profile.wave_tree import wave_tree
from data_contracts.tree_diff import Difference, Told, differences, table_of, told

CHANGES = Path(__file__).with_name("changes.yaml")
BREAKS: Final = "breaks the series"
RECODE: Final = "recode handles it"
INFORMATION: Final = "information"
Effect = Literal["breaks the series", "recode handles it", "information"]
EFFECTS: tuple[Effect, ...] = get_args(Effect)
KINDS = (
    "standard", "definition", "availability", "other meaning", "codes swapped", "codes moved", "universe", "threshold",
    "parameter", "provinces", "other cases", "other questions", "renamed", "form", "type", "weight",
    "design", "codes gone", "codes new", "gone", "look-alike", "label", "correction", "new",
)  # fmt: skip


@dataclass(frozen=True)
class ProfileChange:
    """One difference between two waves.

    Args:
        kind: such as ``gone``, ``renamed``, ``codes moved``, ``other meaning``, ``definition``.
        canonical: the canonical column, or the part of the profile, or "" for unmapped columns.
        raw_old: raw column of the older wave, "" where there is none.
        raw_new: raw column of the newer wave, "" where there is none.
        statement: what differs, as a plain sentence without its full stop.
        effect: what it does to a comparison of the two waves.
    """

    kind: str
    canonical: str
    raw_old: str
    raw_new: str
    statement: str
    effect: Effect


def diff(
    old: Profile,
    new: Profile,
    old_variables: Variables | None = None,
    new_variables: Variables | None = None,
) -> list[ProfileChange]:
    """Compare two waves, what breaks a series first.

    What each difference is called, says and does to a series is in ``changes.yaml``.

    Args:
        old: profile of the earlier wave.
        new: profile of the later wave.
        old_variables: the earlier file's columns by lower-case name, where the file is at hand:
            columns that no profile maps are then compared by their labels.
        new_variables: the same of the later file.

    Returns:
        The changes, sorted by effect, kind and name; the same profile twice gives none.
    """
    before, after = (
        {**wave_tree(one, other), **meanings}
        for one, other, meanings in zip(
            (old, new), (new, old), meaning_trees(old, new), strict=True
        )
    )
    if old_variables and new_variables:
        before |= label_tree(old, old_variables, new_variables)
        after |= label_tree(new, new_variables, old_variables)
    idle = old if "informality" in old.tree.get("unavailable", {}) else new
    words = {"old": old.survey_id, "new": new.survey_id, "idle": idle.survey_id}
    found = told(differences(before, after), table_of(CHANGES), words, _kind_of)
    changes = [_change(one) for one in found]
    # What the files' labels say of a name is nothing new where the profiles have told it.
    asked = {change.raw_old for change in changes if change.kind == "other meaning"}
    kept = [one for one in changes if one.kind not in ("label", "type") or one.raw_old not in asked]
    return sorted(kept, key=_rank)


def _kind_of(one: Difference) -> str:
    if one.kind == "differs" and one.path[2:3] == ("codes",) and one.old["swapped"]:
        return "differs and means another"
    return one.kind


def _change(one: Told) -> ProfileChange:
    difference, head = one.difference, one.difference.path[0]
    unmapped = head in ("questions", "look-alikes", "labels")
    canonical = "" if unmapped else difference.path[1 if head == "columns" else -1]
    was, now = (getattr(x, "words", {}) for x in (difference.old, difference.new))
    raw = was.get("raw", now.get("other", "")), now.get("raw", was.get("other", ""))
    return ProfileChange(one.row["kind"], canonical, *raw, one.sentence, one.row["effect"])


def _rank(change: ProfileChange) -> tuple[int, int, str, str]:
    effect, kind = EFFECTS.index(change.effect), KINDS.index(change.kind)
    return effect, kind, change.canonical, change.raw_old
