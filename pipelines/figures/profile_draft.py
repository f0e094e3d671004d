"""What `profile draft` writes, from labels alone or from a sister's profile; guessing lives in transforms."""

import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path

from data_contracts.errors import InputError
from data_contracts.profile.profile import SURVEY_ID, Profile
from transforms.draft.guess import Draft
from transforms.draft.guess import draft as guess
from transforms.draft.rewrite import like_yaml
from transforms.draft.sister import Column, compared
from transforms.draft.write import NO_ID, profile_yaml
from transforms.read.ddi import read_codebook


@dataclass(frozen=True)
class Likeness:
    """A sister's columns as a file has them, and the profile that follows."""

    sister: str
    columns: tuple[Column, ...]
    text: str

    def to_json(self) -> str:
        """Give every column with its candidates and their evidence, for a script."""
        told = {"like": self.sister, "columns": [asdict(one) for one in self.columns]}
        return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


def drafted(file: Path, ddi: Path | None, encoding: str | None) -> Draft:
    """Guess a file's columns, with a codebook's words if there is one."""
    codebook = None
    if ddi is not None:
        codebook = {name: one.variable for name, one in read_codebook(ddi).items()}
    return guess(file, codebook, encoding)


def draft_yaml(made: Draft, survey_id: str | None) -> str:
    """Write the draft profile.

    Raises:
        InputError: the survey id is not of the form that profiles have.
    """
    name = survey_id or NO_ID
    _refuse_bad_id(name)
    return profile_yaml(made, name)


def _refuse_bad_id(name: str) -> None:
    if not re.match(SURVEY_ID, name):
        raise InputError(
            f"{name} is no survey id",
            "give country, year and name in capitals, such as CRI_2020_ENAHO",
        )


def drafted_like(made: Draft, file: Path, sister: Profile, survey_id: str | None) -> Likeness:
    """Make the profile of a new wave of its sister's.

    Args:
        made: the file's draft.
        file: the file.
        sister: the profile of the wave that the file is like, read from its file.
        survey_id: of the new wave; the sister's where none is given.

    Raises:
        InputError: the survey id is not of the form that profiles have.
    """
    name = survey_id or sister.survey_id
    _refuse_bad_id(name)
    columns = compared(sister, made, file)
    return Likeness(sister.survey_id, tuple(columns), like_yaml(sister, columns, name, file.name))


def draft_json(made: Draft) -> str:
    """Give every guess with its candidates and their evidence, for a script."""
    guesses = {
        name: {
            "chosen": one.chosen.raw if one.chosen else None,
            "candidates": [asdict(candidate) for candidate in one.ranked],
            "codes_without_label": list(one.unlabelled),
        }
        for name, one in made.guesses.items()
    }
    described = {"file": made.file, "rows": made.rows, "columns": len(made.variables)}
    return json.dumps({**described, "guesses": guesses}, ensure_ascii=False, indent=1) + "\n"
