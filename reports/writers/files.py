"""One brief to its files and their manifest; what is said in them was decided in brief.py."""

import hashlib
import json
import re
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from reports.charts import draw
from reports.model import Brief
from reports.writers.html import write_html
from reports.writers.pdf import write_pdf
from reports.writers.xlsx import write_xlsx


def file_stem(brief: Brief) -> str:
    """Give the name of the brief's files without extension: ``lao-ss-gap_2022_national_en_v1``.

    Where the data are made up, ``_SYNTHETIC`` ends it.
    """
    year = re.sub(r"[^a-z0-9-]", "-", brief.time_period.lower())
    made_up = "_SYNTHETIC" if brief.synthetic else ""
    return f"{brief.ref_area.lower()}-ss-gap_{year}_national_{brief.lang}_v1{made_up}"


def write_brief(brief: Brief, folder: Path) -> dict[str, Path]:
    """Write the brief as HTML, PDF and XLSX with MANIFEST.json; the same brief gives the same bytes.

    Args:
        brief: the brief, as ``build_brief`` gives it.
        folder: where to write; made if absent.

    Returns:
        'html', 'pdf', 'xlsx' and 'manifest' with the path of each file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    figures = {}
    if brief.provinces is not None:
        figures["provinces"] = draw(brief.provinces)
    if brief.effects is not None:
        figures["effects"] = draw(brief.effects, zero_line=True)
    content = {
        "html": write_html(brief, figures),
        "pdf": write_pdf(brief, figures),
        "xlsx": write_xlsx(brief),
    }
    paths = {}
    other = file_stem(replace(brief, synthetic=not brief.synthetic))
    for kind, data in content.items():
        paths[kind] = folder / f"{file_stem(brief)}.{kind}"
        paths[kind].write_bytes(data)
        (folder / f"{other}.{kind}").unlink(missing_ok=True)
    paths["manifest"] = folder / "MANIFEST.json"
    hashes = {paths[kind].name: hashlib.sha256(data).hexdigest() for kind, data in content.items()}
    text = json.dumps(_manifest(brief, hashes), ensure_ascii=False, indent=1)
    paths["manifest"].write_text(text + "\n", encoding="utf-8")
    return paths


def _manifest(brief: Brief, hashes: dict[str, str]) -> dict[str, Any]:
    return {
        "files": hashes,
        "code_version": brief.code_version,
        "release_date": brief.release_date,
        "synthetic": brief.synthetic,
        "inputs": [{"name": n, "sha256": h, "rows": r} for n, h, r in brief.inputs],
        "numbers": [asdict(number) for number in brief.numbers],
    }
