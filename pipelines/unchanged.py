"""Whether the register stands as a run would make it again; running it is elsewhere.

All that its tables depend on is one digest, which each of them carries in the database as its
comment. A table that is written anew has none, so that nothing can be taken for what it is not.
"""

import hashlib
from dataclasses import replace
from pathlib import Path

from pipelines.provenance import code_version, inputs
from pipelines.settings import AGGREGATE, REGISTER, REGISTER_FILES, Settings
from pipelines.warehouse.warehouse import Warehouse
from transforms.read.files import file_sha256

TABLES = (
    "core.member", "core.contribution", "core.employer", "linked.member_person",
    "linked.register_tally", "est.adjustment", "pub.adjustment",
)  # fmt: skip
COUNTS = "core.register_aggregate"


def register_digest(settings: Settings) -> str | None:
    """Give the digest of files (names and bytes), layouts, settings, engines and code.

    Returns:
        64 hexadecimal digits; None where a file is not there.
    """
    files = _files(settings)
    if not set(REGISTER_FILES) <= set(files) or not all(path.is_file() for path in files.values()):
        return None
    import duckdb
    import polars as pl

    layouts = [
        (name, file_sha256(Path(name)) if Path(name).is_file() else "")
        for name in (settings.register_layout, settings.aggregate_layout)
    ]
    whole = (
        sorted((role, path.name, file_sha256(path)) for role, path in files.items()),
        layouts,
        # Which surveys there are, and where the workspace lies, is nothing to the register.
        replace(settings, workspace=Path(), sources={}, profiles={}),
        (code_version(), duckdb.__version__, pl.__version__),
    )
    return hashlib.sha256(repr(whole).encode()).hexdigest()


def register_stands(settings: Settings, digest: str) -> bool:
    """Tell whether every table of the register carries this digest, and page and inputs are there.

    Raises:
        InputError: the vault cannot be opened.
    """
    if not (settings.workspace / "vault" / "vault.duckdb").exists():
        return False
    with Warehouse(settings.workspace) as warehouse:
        marks = warehouse.marks()
    told = settings.quality_page(REGISTER).exists() and inputs(settings.workspace, REGISTER)
    return bool(told) and all(marks.get(name) == digest for name in _tables(settings))


def mark_register(settings: Settings, digest: str) -> None:
    """Let every table of the register carry the digest of what it was made from."""
    with Warehouse(settings.workspace) as warehouse:
        for name in _tables(settings):
            warehouse.mark(name, digest)


def _files(settings: Settings) -> dict[str, Path]:
    counts = settings.aggregate_file()
    return settings.register_files() | ({} if counts is None else {AGGREGATE: counts})


def _tables(settings: Settings) -> tuple[str, ...]:
    return (*TABLES, COUNTS) if AGGREGATE in _files(settings) else TABLES
