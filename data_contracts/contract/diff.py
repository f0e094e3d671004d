"""What changed between two versions of a contract, for whom it breaks, and whether the version says so."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from data_contracts.contract.shapes import SENSITIVITIES, Column, Contract, Rule

READERS, WRITERS = "readers", "writers"
_BOTH = (READERS, WRITERS)
# Each type holds every value of those before it in its row.
_WIDER = (
    ("TINYINT", "SMALLINT", "INTEGER", "BIGINT"),
    ("TINYINT", "SMALLINT", "INTEGER", "DOUBLE"),
)
_LOWER, _UPPER = ("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")


@dataclass(frozen=True)
class Change:
    """One difference: ``place`` is a column, a rule or the table; ``breaks`` names for whom.

    It breaks for readers when a row that the new contract allows may surprise a reader of the
    old one; for writers when a row that the old contract allowed may now be refused.
    """

    place: str
    what: str
    breaks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Comparison:
    """All changes between two contracts, and the rise in version that they need."""

    old: Contract
    new: Contract
    changes: tuple[Change, ...]

    @property
    def breaking(self) -> tuple[Change, ...]:
        """The changes that break something for somebody."""
        return tuple(change for change in self.changes if change.breaks)

    @property
    def needed(self) -> str:
        """The rise that Semantic Versioning asks for: major, minor or none."""
        return "major" if self.breaking else "minor" if self.changes else "none"

    @property
    def given(self) -> str:
        """The rise there is: major, minor, patch, none, or back where the version falls."""
        old, new = _numbers(self.old.version), _numbers(self.new.version)
        if new <= old:
            return "none" if new == old else "back"
        risen = next(i for i, (a, b) in enumerate(zip(old, new, strict=True)) if a != b)
        return ("major", "minor", "patch")[risen]

    @property
    def fits(self) -> bool:
        """Whether the version rises at least as far as the changes need."""
        order = ("back", "none", "patch", "minor", "major")
        return order.index(self.given) >= order.index(self.needed)


def compare(old: Contract, new: Contract) -> Comparison:
    """Name every change from one version of a contract to the next.

    A renamed column cannot be told from one that is gone and another that is added. Wording
    (titles, descriptions of columns) is no promise and is not compared.
    """
    changes = [
        *_columns(old, new),
        *_key(old, new),
        *_sensitivity("the table", old.sensitivity, new.sensitivity),
        *_rules(old, new),
        *_rest(old, new),
    ]
    return Comparison(old, new, tuple(changes))


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _columns(old: Contract, new: Contract) -> Iterator[Change]:
    before, after = {c.name: c for c in old.columns}, {c.name: c for c in new.columns}
    for name, column in before.items():
        if name not in after:
            # A warehouse table refuses a column that is not promised; a file may still hold it.
            yield Change(name, "column gone", (READERS,) if new.further_columns else _BOTH)
        else:
            yield from _column(column, after[name], codes_are_prose=not new.further_columns)
            was, now = column.classification, after[name].classification
            if (was, now) != (old.sensitivity, new.sensitivity):  # else told once, of the table
                yield from _sensitivity(name, was, now)
    for name, column in after.items():
        if name not in before:
            # From an incoming file, even a column that may be blank has to be there.
            must = column.required or new.further_columns
            yield Change(
                name,
                "column added, required" if must else "column added, may be blank",
                (WRITERS,) if must else (),
            )
    shared = [name for name in before if name in after]
    if shared != [name for name in after if name in before]:
        yield Change("the table", "columns in another order", (READERS,))


def _column(old: Column, new: Column, *, codes_are_prose: bool) -> Iterator[Change]:
    name = old.name
    if old.type != new.type:
        yield _type(old, new)
    if old.required != new.required:
        said, who = ("now required", WRITERS) if new.required else ("may now be blank", READERS)
        yield Change(name, said, (who,))
    if old.unique != new.unique:
        said, who = ("now unique", WRITERS) if new.unique else ("no longer unique", READERS)
        yield Change(name, said, (who,))
    yield from _codes(name, old.valid, new.valid, prose=codes_are_prose)
    yield from _bounds(name, old.bounds, new.bounds)
    if old.pattern != new.pattern:
        if old.pattern is None:
            yield Change(name, "pattern added", (WRITERS,))
        elif new.pattern is None:
            yield Change(name, "pattern dropped", (READERS,))
        else:
            yield Change(name, "pattern changed", _BOTH)
    if old.derived != new.derived:
        yield Change(name, "derived in another way", (READERS,))


def _type(old: Column, new: Column) -> Change:
    said = f"{old.type} to {new.type}"
    for row in _WIDER:
        if old.type in row and new.type in row:
            if row.index(old.type) < row.index(new.type):
                return Change(old.name, f"type widened, {said}", (READERS,))
            return Change(old.name, f"type narrowed, {said}", (WRITERS,))
    return Change(old.name, f"type changed, {said}", _BOTH)


def _codes(
    name: str, old: Mapping[str, str], new: Mapping[str, str], *, prose: bool
) -> Iterator[Change]:
    """Compare the permitted codes; no codes means that any value may stand."""
    if bool(old) != bool(new):
        said, who = ("codes now fixed", WRITERS) if new else ("any code may now stand", READERS)
        yield Change(name, said, (who,))
        return
    gone, added = [c for c in old if c not in new], [c for c in new if c not in old]
    if gone:
        yield Change(name, f"codes removed: {', '.join(gone)}", (WRITERS,))
    if added:
        yield Change(name, f"codes added: {', '.join(added)}", (READERS,))
    told = [code for code in old if code in new and old[code] != new[code]]
    if told and prose:  # it may only be said better
        yield Change(name, f"codes described in other words: {', '.join(told)}")
        return
    for code in told:
        # In an incoming file: what a raw code becomes, or the words a canonical code may have.
        before, after = set(old[code].split("; ")), set(new[code].split("; "))
        if before < after:
            yield Change(name, f"code with further meanings or words: {code}")
        elif before > after:
            yield Change(name, f"code with fewer meanings or words: {code}", (WRITERS,))
        else:
            yield Change(name, f"code with another meaning: {code}", _BOTH)


def _bounds(name: str, old: Mapping[str, float], new: Mapping[str, float]) -> Iterator[Change]:
    for side, keys, sign in (("lower", _LOWER, 1), ("upper", _UPPER, -1)):
        before, after = _end(old, keys, sign), _end(new, keys, sign)
        if before != after:
            tighter = before is None or (after is not None and after > before)
            said = f"{side} bound {'tightened' if tighter else 'loosened'}"
            yield Change(name, said, (WRITERS,) if tighter else (READERS,))


def _end(bounds: Mapping[str, float], keys: tuple[str, str], sign: int) -> tuple[float, int] | None:
    """Give one end so that a greater pair is a tighter end; the exclusive one is the tighter."""
    ends = [(sign * bounds[key], strict) for strict, key in enumerate(keys) if key in bounds]
    return max(ends, default=None)


def _key(old: Contract, new: Contract) -> Iterator[Change]:
    if old.primary_key != new.primary_key:
        was, now = (", ".join(c.primary_key) or "none" for c in (old, new))
        yield Change("the table", f"key changed from {was} to {now}", _BOTH)


def _sensitivity(place: str, old: str, new: str) -> Iterator[Change]:
    if old != new:
        # Who delivered under a promise of protection loses it; who read may lose access.
        lowered = SENSITIVITIES.index(new) > SENSITIVITIES.index(old)
        said = f"sensitivity {'lowered' if lowered else 'raised'} from {old} to {new}"
        yield Change(place, said, (WRITERS,) if lowered else (READERS,))


def _rules(old: Contract, new: Contract) -> Iterator[Change]:
    before, after = {r.name: r for r in old.rules}, {r.name: r for r in new.rules}
    for name in [*before, *(n for n in after if n not in before)]:
        was, now = before.get(name), after.get(name)
        if was is None:
            yield Change(f"rule {name}", "rule added", (WRITERS,) if _blocks(now) else ())
        elif now is None:
            yield Change(f"rule {name}", "rule gone", (READERS,) if _blocks(was) else ())
        elif was.severity != now.severity:
            who = WRITERS if _blocks(now) else READERS
            yield Change(f"rule {name}", f"{was.severity} is now {now.severity}", (who,))
        elif replace(was, description="") != replace(now, description=""):
            yield Change(f"rule {name}", "rule changed", _BOTH if _blocks(now) else ())


def _blocks(rule: Rule | None) -> bool:
    return rule is not None and rule.severity == "error"


def _rest(old: Contract, new: Contract) -> Iterator[Change]:
    if old.least_rows != new.least_rows:
        who = WRITERS if new.least_rows > old.least_rows else READERS
        yield Change("the table", f"at least {new.least_rows} rows, was {old.least_rows}", (who,))
    if old.further_columns != new.further_columns:
        said = "now allowed" if new.further_columns else "no longer allowed"
        who = READERS if new.further_columns else WRITERS
        yield Change("the table", f"further columns {said}", (who,))
