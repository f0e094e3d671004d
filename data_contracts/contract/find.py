"""A name to its contract: a warehouse table's, a survey file's or a register file's; nothing is checked here.

A warehouse table's contract is a YAML file of the Open Data Contract Standard v3 in ``tables/``;
an incoming file's is made of its survey profile or register layout (``incoming.py``).
"""

from data_contracts.contract.document import TABLES
from data_contracts.contract.incoming import incoming
from data_contracts.contract.odcs import load_file
from data_contracts.contract.shapes import Contract


def all_names() -> list[str]:
    """Give the names of every warehouse table that has a contract, sorted."""
    return sorted(path.stem for path in TABLES.glob("*.*.yaml"))


def load(name: str) -> Contract:
    """Load a contract by the name of a table or of an incoming file.

    Args:
        name: a table such as ``core.person``; a survey such as ``LAO_2017_LFS`` (its raw table's
            name, ``raw.lao_2017_lfs``, is the same contract); or a table of a register layout
            such as ``LSSO_EXTRACT.members``.

    Raises:
        InputError: there is no such name, or its file breaks the standard, with file and line.
    """
    path = TABLES / f"{name}.yaml"
    if path.is_file():
        return load_file(path)
    return incoming(name, all_names())
