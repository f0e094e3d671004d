"""The documents are true: links lead somewhere, tables exist, no machine and no index is named."""

import re
import subprocess

import pytest

from data_contracts.contract.find import all_names
from data_contracts.profile.profile import profile_names
from tests.places import ROOT

OUTSIDE = {".venv", ".git", "workspace", "demo", "data", "dist", "build"}
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
TABLE = re.compile(r"\b((?:raw|core|linked|est|pub)\.[a-z][a-z0-9_]*)")
# Written in two pieces, so that this file does not name what it forbids.
FORBIDDEN = {
    "machine path": re.compile(
        r"(?<![\w.:/-])/(?:" + r"home|root|work|Users|mnt|opt|tmp)/\w" + r"|\b[A-Z]:\\\w"
    ),
    "index address": re.compile(
        r"https?://[^\s\"']*(?:" + r"py" + r"pi|pythonhosted|anaconda|conda-forge|/simple\b)"
    ),
    "open end": re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME)\b"),
}


def documents():
    found = [p for p in ROOT.rglob("*.md") if not OUTSIDE & set(p.relative_to(ROOT).parts)]
    return sorted(p for p in found if not any(part.startswith(".") for part in p.parts[-2:]))


def tracked_texts():
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("this is not a git checkout")
    for name in listed.stdout.decode().split("\0"):
        path = ROOT / name
        if name and path.is_file():
            data = path.read_bytes()
            if b"\0" not in data:
                yield name, data.decode("utf-8", errors="replace")


def test_the_documents_are_there():
    names = {path.relative_to(ROOT).as_posix() for path in documents()}
    wanted = {"README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "GLOSSARY.md", "CHANGELOG.md"}
    assert wanted <= names


@pytest.mark.parametrize("path", documents(), ids=lambda path: path.name)
def test_every_relative_link_leads_somewhere(path):
    targets = [target.split("#")[0] for target in LINK.findall(path.read_text(encoding="utf-8"))]
    relative = [target for target in targets if target and "://" not in target]
    assert [target for target in relative if not (path.parent / target).exists()] == []


def test_every_table_of_the_architecture_exists():
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    named = set(TABLE.findall(text))
    tables = {*all_names(), *(f"raw.{survey.lower()}" for survey in profile_names())}
    assert named - tables == set()
    assert set(all_names()) <= named


def test_the_readme_is_one_screen():
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 60


@pytest.mark.parametrize("kind", FORBIDDEN)
def test_no_tracked_text_names(kind):
    hits = [
        f"{name}, line {number}"
        for name, text in tracked_texts()
        for number, line in enumerate(text.splitlines(), 1)
        if FORBIDDEN[kind].search(line)
    ]
    assert hits == []


def test_the_specification_is_that_of_the_tests():
    """If not: make docs."""
    import importlib.util

    path = ROOT / "docs" / "specification.py"
    spec = importlib.util.spec_from_file_location("specification", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    made = module.pages()
    assert {p.name: p.read_text(encoding="utf-8") for p in module.FOLDER.glob("*.md")} == made
