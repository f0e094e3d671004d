"""A first layout for a register's file: headers to roles, with near matches named; a person decides."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Final

from data_contracts.errors import InputError
from data_contracts.registers.layout import RegisterLayout, TableLayout
from transforms.read.headers import found_columns, key

NEAR: Final = 0.75  # of the letters of two texts in common, by Ratcliff and Obershelp's measure
LEAST: Final = 2  # columns that must be found or near before a file is taken for a role's


@dataclass(frozen=True)
class HeaderGuess:
    """One column of the layout: the header found for it, or else the headers near to its names."""

    name: str
    kind: str
    treat: str
    required: bool
    header: str | None
    near: tuple[str, ...]

    @property
    def state(self) -> str:
        """Say found, near, missing (required) or absent."""
        if self.header is not None:
            return "found"
        if self.near:
            return "near"
        return "missing" if self.required else "absent"


@dataclass(frozen=True)
class RegisterDraft:
    """A file's likely role, its columns, and the headers that no column of the layout fits."""

    role: str
    guesses: tuple[HeaderGuess, ...]
    others: tuple[str, ...]

    @property
    def is_whole(self) -> bool:
        """Whether every required column is found."""
        return all(
            guess.state not in {"near", "missing"} or not guess.required for guess in self.guesses
        )


def register_draft(
    headers: Sequence[str], layout: RegisterLayout, file: str, role: str | None = None
) -> RegisterDraft:
    """Lay a file's headers over a layout's roles and take the role that most columns fit.

    Args:
        headers: the file's.
        layout: the one to start from.
        file: its name, for messages.
        role: members, contributions, employers or aggregate, where it is known.

    Raises:
        InputError: no role fits, or there is no such role.
    """
    if role is not None and role not in layout.tables:
        raise InputError(
            f"the layout {layout.name} has no table of {role}",
            f"choose one of {', '.join(layout.tables)}",
        )
    drafts = [
        _draft(name, headers, table, file)
        for name, table in layout.tables.items()
        if role in {None, name}
    ]
    best = max(drafts, key=_fit)
    if _told(best) < LEAST:
        raise InputError(
            "the headers are those of no table of the register",
            f"see that the first row holds headers; the layout {layout.name} knows "
            f"{', '.join(layout.tables)}",
            file=file,
        )
    return best


def with_names(layout: dict[str, Any], draft: RegisterDraft) -> dict[str, Any]:
    """Add to a layout, as data, the header that is near to a column which was not found.

    Only where exactly one is near; the text stands last among the column's names.
    """
    columns = layout["tables"][draft.role]["columns"]
    for guess in draft.guesses:
        if guess.state == "near" and len(guess.near) == 1 and guess.name in columns:
            columns[guess.name].setdefault("names", []).append(guess.near[0])
    return layout


def _draft(role: str, headers: Sequence[str], table: TableLayout, file: str) -> RegisterDraft:
    # What is required is told here, not refused.
    columns = {
        name: rule.model_copy(update={"required": False}) for name, rule in table.columns.items()
    }
    measures = [one.model_copy(update={"required": False}) for one in table.measures]
    lenient = table.model_copy(update={"columns": columns, "measures": measures})
    found = found_columns(headers, lenient, file)
    free = [header for header in headers if header not in found.values()]
    guesses = [
        HeaderGuess(name, rule.kind, rule.treat, rule.required, found.get(name), _near(name, rule.names, free))
        for name, rule in table.columns.items()
    ] + [
        HeaderGuess(one.names[0], "count", "keep", one.required, found.get(one.names[0]), _near(one.names[0], one.names, free))
        for one in table.measures
    ]  # fmt: skip
    guesses = [g if g.header is None else HeaderGuess(*_without_near(g)) for g in guesses]
    near = {header for guess in guesses for header in guess.near}
    return RegisterDraft(role, tuple(guesses), tuple(h for h in free if h not in near))


def _without_near(guess: HeaderGuess) -> tuple[Any, ...]:
    return guess.name, guess.kind, guess.treat, guess.required, guess.header, ()


def _near(name: str, names: Sequence[str], headers: Sequence[str]) -> tuple[str, ...]:
    """Give the headers near to a column's texts, the nearest first."""
    texts = [key(text) for text in (name, *names)]
    scored = [
        (max(SequenceMatcher(None, key(header), text).ratio() for text in texts), header)
        for header in headers
    ]
    return tuple(header for score, header in sorted(scored, key=lambda s: -s[0]) if score >= NEAR)


def _told(draft: RegisterDraft) -> int:
    return sum(guess.state in {"found", "near"} for guess in draft.guesses)


def _fit(draft: RegisterDraft) -> tuple[int, int, int]:
    """Order roles: required columns that are not there, then columns that are."""
    missing = sum(guess.state == "missing" for guess in draft.guesses)
    found = sum(guess.state == "found" for guess in draft.guesses)
    return -missing, found, _told(draft)
