"""Pages of the reference documentation, one a contract; no page is written by hand."""

from collections.abc import Iterable
from pathlib import Path

from data_contracts.contract.shapes import Contract, ContractColumn

INDEX = "README.md"
_HEAD = (
    "# Reference: tables and files",
    "",
    "Made of the contracts by `informality contract docs docs/reference`; do not edit.",
    "",
    "| contract | version | sensitivity | what it is |",
    "|---|---|---|---|",
)


def page(contract: Contract) -> str:
    """Give the page of one contract as Markdown."""
    lines = [f"# {contract.name}", "", contract.title, ""]
    if contract.granularity:
        lines += [f"{contract.granularity}.", ""]
    lines += [text + "\n" for text in (contract.usage, contract.limitations) if text]
    lines += [
        f"- Version: {contract.version}",
        f"- Sensitivity: {contract.sensitivity}",
        f"- Key: {', '.join(contract.primary_key) or 'none'}",
    ]
    if contract.published_from:
        source = contract.published_from
        lines.append(f"- Published from: [{source}]({source}.md)")
    if contract.further_columns:
        lines.append("- Further columns: allowed, and not read")
    lines += ["", "| column | type | required | what it is |", "|---|---|---|---|"]
    for column in contract.columns:
        needed = "yes" if column.required else "no"
        lines.append(f"| {column.name} | {column.type} | {needed} | {_said(column)} |")
    if contract.rules:
        lines += ["", "## Rules about whole rows", ""]
        lines += [f"- {rule.description} (`{rule.name}`)" for rule in contract.rules]
    return "\n".join(lines) + "\n"


def pages(contracts: Iterable[Contract]) -> dict[str, str]:
    """Give every page and the index by file name."""
    ordered = sorted(contracts, key=lambda contract: contract.name)
    rows = [
        f"| [{c.name}]({c.name}.md) | {c.version} | {c.sensitivity} | {c.title} |" for c in ordered
    ]
    return {INDEX: "\n".join([*_HEAD, *rows]) + "\n", **{f"{c.name}.md": page(c) for c in ordered}}


def write(contracts: Iterable[Contract], folder: Path) -> list[Path]:
    """Write every page and the index into a folder, and delete pages that no contract has.

    Only pages whose name is a contract's (a point in it, and .md) are ever deleted.
    """
    made = pages(contracts)
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.*.md"):
        if old.name not in made:
            old.unlink()
    for name, text in made.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in made]


def _said(column: ContractColumn) -> str:
    parts = [column.description]
    if column.valid:
        parts.append("Codes: " + "; ".join(f"`{k}` {v}" for k, v in column.valid.items()) + ".")
    parts += [f"{key} {value}." for key, value in column.bounds.items()]
    if column.pattern:
        parts.append(f"Pattern `{column.pattern}`.")
    if column.treatment:
        parts.append(f"Treatment: {column.treatment}.")
    if column.derived:
        parts.append(f"Is `{column.derived}`.")
    return " ".join(parts).replace("|", "\\|")
