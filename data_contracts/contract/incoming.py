"""Contracts of incoming files by name; they are made of survey profiles and register layouts.

How each is made lives in ``survey_contract.py`` and ``register_contract.py``.
"""

from collections.abc import Iterable
from pathlib import Path

from data_contracts.contract.odcs import load_file
from data_contracts.contract.register_contract import register_contract
from data_contracts.contract.shapes import Contract
from data_contracts.contract.survey_contract import incoming_contract
from data_contracts.errors import InputError, near
from data_contracts.profile.profile import load_profile, profile_names
from data_contracts.registers.layout import layout_names, load_layout
from data_contracts.yaml_lines import load_yaml


def incoming_names() -> list[str]:
    """Give the names of every incoming file that has a contract: surveys, then register files."""
    files = [f"{name}.{role}" for name in layout_names() for role in load_layout(name).tables]
    return [*profile_names(), *files]


def incoming(name: str, others: Iterable[str] = ()) -> Contract:
    """Give the contract of an incoming file by the name of its survey, or of layout and table.

    Args:
        name: of the survey, or of layout and table.
        others: names of further contracts that a misspelt name may have meant.

    Raises:
        InputError: there is no such name.
    """
    if (survey := survey_id(name)) in profile_names():
        return incoming_contract(load_profile(survey))
    layout, _, role = name.partition(".")
    if layout in layout_names() and role in load_layout(layout).tables:
        return register_contract(load_layout(layout), role)
    raise InputError(
        f"there is no contract {name}{near(name, (*others, *incoming_names()))}",
        "see `informality contract list`, or give the path of a contract or a profile (.yaml)",
    )


def contract_at(path: Path) -> Contract:
    """Give the contract that a YAML file holds or implies: a contract's own file, or a profile.

    Raises:
        InputError: the file is neither, or breaks its schema; file and line.
    """
    if holds(path, "survey_id"):
        return incoming_contract(load_profile(str(path)))
    if holds(path, "register_id"):
        raise InputError(
            "a register layout has a contract for each of its tables",
            "write the table's contract with `informality contract show LAYOUT.TABLE --format "
            "yaml` to a file, and name that",
            file=path.name,
        )
    return load_file(path.resolve())


def holds(path: Path, entry: str) -> bool:
    """Say whether a YAML file has a top-level entry: ``survey_id`` makes it a profile."""
    data = load_yaml(path)
    return isinstance(data, dict) and entry in data


def survey_id(name: str) -> str:
    """Give the survey id in a raw table's name: ``raw.lao_2017_lfs`` is ``LAO_2017_LFS``."""
    return name.removeprefix("raw.").upper() if name.startswith("raw.") else name
