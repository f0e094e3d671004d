"""`informality profile diff`: two waves read and compared, for eyes or for a script; figures are in figures/change.py."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, astuple, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich import box
from rich.text import Text

from data_contracts.errors import InputError
from data_contracts.profile.diff import EFFECTS, INFORMATION, ProfileChange, diff
from data_contracts.profile.profile import Profile, load_profile
from pipelines.commands.printout import Block, Printout, frame, table
from pipelines.provenance import inputs
from pipelines.settings import Settings, holds_run

if TYPE_CHECKING:
    from analyses.wave.change import ChangePart
    from pipelines.figures.change import IndicatorChange

TITLES = dict(
    zip(EFFECTS, ("Breaks the series", "The recode handles it", "For information"), strict=True)
)
# Kinds that are many and alike: one row each for a person, one entry a column for a script.
TOGETHER = ("renamed", "new", "gone")
CHANGE = tuple(field.name for field in fields(ProfileChange))
PIECES = ("old", "new", "total", "definition", "rest", "composition", "rate")
SHARE = (
    "indicator", "unit", "status", "reason", "under",
    *(f"{name}{end}" for name in PIECES for end in ("", "_se")),
)  # fmt: skip
LEGEND = (
    "Points or persons, (standard error), share of the change; no share where the change is within "
    "two standard errors. Composition: by sex, age and area. A hyphen: cannot be split."
)


@dataclass(frozen=True)
class Comparison:
    """What two waves differ in; ``note`` says why there are no shares, or that they are synthetic."""

    old: Profile
    new: Profile
    changes: Sequence[ProfileChange]
    shares: Sequence["IndicatorChange"]
    note: str

    def to_json(self) -> str:
        """Write everything as JSON."""
        return json.dumps(
            {
                "old": self.old.survey_id,
                "new": self.new.survey_id,
                "changes": [asdict(change) for change in self.changes],
                "shares": [share.to_json() for share in self.shares],
                "note": self.note,
            },
            ensure_ascii=False,
            indent=1,
        )


def compare(settings: Settings, old_name: str, new_name: str) -> Comparison:
    """Compare two profiles, their files' labels where the files are there, and their figures.

    Args:
        settings: the workspace's settings.
        old_name: survey id or profile path of the earlier wave.
        new_name: the same of the later wave.

    Raises:
        InputError: there is no such profile.
    """
    old, new = (
        load_profile(name, settings.profile_settings(name), settings.own_profiles)
        for name in (old_name, new_name)
    )
    changes = diff(old, new, _variables(settings, old), _variables(settings, new))
    missing = [p.survey_id for p in (old, new) if p.survey_id not in _stored(settings.workspace)]
    if missing:
        runs = " and ".join(f"informality run --survey {name}" for name in missing)
        note = (
            f"How much of each change comes from definitions needs both waves in the workspace: "
            f"{runs}, with the same --workspace, then ask again."
        )
        return Comparison(old, new, changes, (), note)
    from pipelines.figures.change import wave_changes
    from pipelines.stored import stored_wave
    from pipelines.warehouse.warehouse import Warehouse

    with Warehouse(settings.workspace, read_only=True) as warehouse:
        shares = wave_changes(*(stored_wave(warehouse, profile) for profile in (old, new)))
    files = inputs(settings.workspace, old.survey_id, new.survey_id)
    made_up = any(file.get("synthetic") for file in files)
    note = "SYNTHETIC figures from the Lao twin, not results about Lao PDR." if made_up else ""
    return Comparison(old, new, changes, shares, note)


def _stored(workspace: Path) -> set[str]:
    """Name the surveys whose persons the workspace holds; without a vault there are none."""
    if not holds_run(workspace):
        return set()
    from pipelines.warehouse.warehouse import Warehouse

    with Warehouse(workspace, read_only=True) as warehouse:
        if "core.person" not in warehouse.tables():
            return set()
        batches = warehouse.batches("core.person", columns=["survey_id"])
        return {str(name) for batch in batches for name in batch["survey_id"].unique()}


def _variables(settings: Settings, profile: Profile) -> Mapping[str, Any] | None:
    """Give how the wave's file describes its columns, or None without the file."""
    from transforms.read.files import describe

    try:
        path = settings.survey_file(profile.survey_id)
    except InputError:  # no file, or more than one: the profiles are compared all the same
        return None
    return describe(path, profile.encoding)[1] if path.is_file() else None


def printout(made: Comparison) -> Printout:
    """Give the differences and the shares of the changes, for eyes and for programs."""
    changes = frame(CHANGE, [astuple(change) for change in made.changes])
    shares = frame(SHARE, [_flat(share) for share in made.shares])
    return Printout({"changes": changes, "shares": shares}, _parts(made), made.to_json())


def _flat(share: "IndicatorChange") -> list[object]:
    pieces = [getattr(share, name) for name in PIECES]
    told = [share.indicator, share.unit, share.status, share.reason, share.under]
    return told + [piece and getattr(piece, name) for piece in pieces for name in ("value", "se")]


def _parts(made: Comparison) -> Iterator[Block]:
    """Give the differences, what breaks the series first, then the shares of the changes."""
    old, new = made.old.survey_id, made.new.survey_id
    if not made.changes:
        yield Text(f"{old} and {new} do not differ.")
    for effect in EFFECTS:
        rows = _rows([change for change in made.changes if change.effect == effect], effect)
        if rows:
            title = f"{TITLES[effect]}: {old} and {new}"
            yield table(("what", "difference"), rows, title=title, show_lines=True)
    if made.shares:
        yield from _share_parts(made)
    if made.note:
        yield Text(made.note)


def _rows(changes: Sequence[ProfileChange], effect: str) -> list[tuple[str, str]]:
    rows = []
    for kind in dict.fromkeys(change.kind for change in changes):
        alike = [change for change in changes if change.kind == kind]
        if kind in TOGETHER and (kind == "renamed" or effect == INFORMATION):
            rows.append((kind, ", ".join(_brief(change) for change in alike)))
        else:
            rows += [(kind, f"{change.statement}.") for change in alike]
    return rows


def _brief(change: ProfileChange) -> str:
    if change.kind == "renamed":
        return f"{change.canonical} {change.raw_old} → {change.raw_new}"
    return f"{change.canonical} ({change.raw_old or change.raw_new})"


def _share_parts(made: Comparison) -> Iterator[Block]:
    periods = [str(profile.time_period) for profile in (made.old, made.new)]
    if periods[0] == periods[1]:
        periods = [made.old.survey_id, made.new.survey_id]
    rows = [
        (
            share.indicator.replace("_", " "),
            _level(share.old, share.unit),
            _level(share.new, share.unit),
            _points(share.total, share.unit),
            *(_piece(share, part) for part in ("definition", "rest", "composition", "rate")),
        )
        for share in made.shares
        if share.total is not None
    ]
    headings = (
        "figure", *periods, "change", "by defi- nition", "under one rule", "of it com- position",
        "of it rate",
    )  # fmt: skip
    if rows:
        shown = table(headings, rows, title="Where the changes come from")
        shown.box, shown.padding = box.SIMPLE_HEAD, (0, 1, 0, 0)
        shown.columns[0].min_width = 13
        yield shown
        yield Text(LEGEND)
    for lead, reason, names in _reasons(made.shares):
        yield Text(f"{lead}: {', '.join(names)}: {reason}")


def _reasons(shares: Sequence["IndicatorChange"]) -> list[tuple[str, str, list[str]]]:
    """Group the indicators by what can be said of them and why."""
    leads = {
        "SAME RULES": "DEFINITIONS ARE THE SAME",
        "SEPARATED": "SEPARATED, {under}'s rules applied to the other wave",
        "STANDARD ALONE": "PARTLY SEPARATED: the definition part is that of the labour-force "
        "standard alone, {under}'s applied to the other wave; the rest holds other differences of "
        "definition too and cannot be split",
        "NOT SEPARABLE": "NOT SEPARABLE: only the change as a whole is known",
        "NOT COMPUTABLE": "NOT COMPUTABLE",
    }
    groups: dict[tuple[str, str], list[str]] = {}
    for share in shares:
        lead = leads[share.status].format(under=share.under)
        groups.setdefault((lead, share.reason), []).append(share.indicator.replace("_", " "))
    return [(lead, reason, names) for (lead, reason), names in groups.items()]


def _level(part: "ChangePart | None", unit: str) -> str:
    if part is None:
        return ""
    return f"{100 * part.value:.1f} %" if unit == "RATIO" else f"{part.value:,.0f}"


def _points(part: "ChangePart | None", unit: str) -> str:
    if part is None:
        return "-"
    scale, digits = (100, 1) if unit == "RATIO" else (1, 0)
    value = round(scale * part.value, digits) + 0.0  # no minus before a zero
    return f"{value:+,.{digits}f}\n({scale * part.se:,.{digits}f})"


def _piece(share: "IndicatorChange", part: str) -> str:
    percent = share.share(part)
    points = _points(getattr(share, part), share.unit)
    return points if percent is None else f"{points}\n{round(percent)} %"
