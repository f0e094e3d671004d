"""What a figure came from: the inputs' hashes and the version of the code; no clock, no machine."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from pipelines.version import VERSION

ROOMS = ("data_contracts", "transforms", "analyses", "reports", "pipelines")
FILE = "provenance.json"
DELIVERED = "delivered.json"  # read and stored raw, not yet what core holds


@cache
def code_version() -> str:
    """Give the version with a hash over our own code and contracts, such as 0.1.0+3f2a9c41d0be."""
    root = Path(__file__).resolve().parents[1]
    digest = hashlib.sha256()
    for room in ROOMS:
        for path in sorted((root / room).rglob("*")):
            if path.suffix in {".py", ".yaml", ".csv", ".j2", ".typ"}:
                digest.update(path.relative_to(root).as_posix().encode())
                digest.update(path.read_bytes())
    return f"{VERSION}+{digest.hexdigest()[:12]}"


def record_input(workspace: Path, source: str, role: str, **facts: Any) -> None:
    """Remember one input file of a source: its name, SHA-256 and number of rows."""
    _record(workspace / FILE, source, role, facts)


def record_delivery(workspace: Path, source: str, role: str, **facts: Any) -> None:
    """Remember an input file whose rows have yet to pass their contract."""
    _record(workspace / DELIVERED, source, role, facts)


def accept_delivery(workspace: Path, source: str) -> None:
    """Make a delivery the input that figures come from: its rows are in core."""
    for role, facts in _read(workspace / DELIVERED).get(source, {}).items():
        record_input(workspace, source, role, **facts)


def inputs(workspace: Path, *sources: str) -> list[dict[str, Any]]:
    """List the input files of some sources: name, sha256, rows."""
    known = _read(workspace / FILE)
    return [known[source][role] for source in sources for role in sorted(known.get(source, {}))]


def is_made_up(files: Iterable[Mapping[str, Any]]) -> bool:
    """Say whether one of some input files is synthetic; then so is what stands on them."""
    return any(file.get("synthetic") for file in files)


def known_hashes(workspace: Path, role: str) -> dict[str, str]:
    """Give, by source, the SHA-256 of the file that core holds in a role."""
    known = _read(workspace / FILE)
    return {source: files[role]["sha256"] for source, files in known.items() if role in files}


def _record(path: Path, source: str, role: str, facts: dict[str, Any]) -> None:
    known = _read(path)
    known.setdefault(source, {})[role] = facts
    text = json.dumps(known, indent=2, sort_keys=True, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")


def _read(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
