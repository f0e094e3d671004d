"""Where tests find what is not theirs: the repository, and reference data that may lie beside it."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
MICRODATA = SHARED / "microdata"
VECTORS = SHARED / "vectors"
