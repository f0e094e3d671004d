"""Where a workspace keeps things and what a person may set; read from one file and the environment.

A workspace is a folder: landing/ (files as delivered), vault/ (persons, encrypted), keys/,
public.duckdb, briefs/, dagster/ (the event store). Its one settings file is informality.toml.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from data_contracts.errors import InputError
from data_contracts.profile.plan import DEFAULTS, Conventions
from pipelines.files import page_in
from pipelines.settings_file import (
    AGGREGATE_LAYOUT,
    LAYOUT,
    CoverageSettings,
    read_settings_file,
)

WORKSPACE_VARIABLE = "INFORMALITY_WORKSPACE"
SOURCES_FILE = "sources.json"
REGISTER = "LSSO"
REGISTER_FILES = ("members", "contributions", "employers")
AGGREGATE = "aggregate"  # the register's own counts, where a workbook of them is delivered


@dataclass(frozen=True)
class Settings:
    """One workspace's settings.

    ``sources`` maps a survey id to its file, and ``LSSO`` to the register's three files.
    ``register_layout`` and ``aggregate_layout`` are names of layouts, or paths ending in .yaml.
    """

    workspace: Path
    profiles: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    sources: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    active_months: int = 1
    active_window: int = 12
    register_layout: str = LAYOUT
    aggregate_layout: str = AGGREGATE_LAYOUT
    conventions: Conventions = DEFAULTS
    coverage: CoverageSettings = field(default_factory=CoverageSettings)

    @property
    def landing(self) -> Path:
        """The folder in which delivered files arrive."""
        return self.workspace / "landing"

    @property
    def own_profiles(self) -> Path:
        """The folder of profiles that a person wrote for this workspace."""
        return self.workspace / "profiles"

    @property
    def briefs(self) -> Path:
        """The folder of finished briefs."""
        return self.workspace / "briefs"

    @property
    def quality(self) -> Path:
        """The folder of quality reports."""
        return self.workspace / "quality"

    def quality_page(self, source: str) -> Path:
        """The place of the quality report of a survey or of the register."""
        return page_in(self.quality / source, "quality")

    def coverage_page(self, survey_id: str) -> Path:
        """The place of a survey's page on the coverage gap."""
        return page_in(self.briefs / survey_id, "coverage")

    def profile_settings(self, survey_id: str) -> Mapping[str, str]:
        """Raw names that a person set for one survey's profile."""
        return self.profiles.get(survey_id, {})

    def survey_file(self, survey_id: str) -> Path:
        """Give the survey's file: the one that was named, else the only one in landing/.

        Raises:
            InputError: when there is none, or more than one.
        """
        named = self.sources.get(survey_id, {}).get("lfs")
        if named:
            return Path(named)
        folder = self.landing / survey_id
        found = (
            sorted(path for path in folder.glob("*") if path.is_file()) if folder.is_dir() else []
        )
        if len(found) == 1:
            return found[0]
        raise InputError(
            f"{len(found)} files lie in landing/{survey_id} where one is expected",
            f"name the file with --lfs, or put it alone into landing/{survey_id}",
        )

    def register_files(self) -> dict[str, Path]:
        """Give the register's files that are there, by role; empty when there is no register."""
        named = self.sources.get(REGISTER, {})
        files = {role: Path(path) for role, path in named.items() if role in REGISTER_FILES}
        folder = self.landing / REGISTER
        for role in REGISTER_FILES:
            found = sorted(folder.glob(f"{role}.*")) if folder.is_dir() else []
            if role not in files and found:
                files[role] = found[0]
        return files

    def whole_register(self) -> dict[str, Path]:
        """Give the register's three files, by role.

        Raises:
            InputError: one of them is not there.
        """
        files = self.register_files()
        missing = [role for role in REGISTER_FILES if role not in files]
        if missing:
            raise InputError(
                f"the register's {missing[0]} file is not there",
                "put members, contributions and employers into landing/LSSO, or name them",
            )
        return files

    def aggregate_file(self) -> Path | None:
        """Give the workbook of the register's own counts, when there is one."""
        named = self.sources.get(REGISTER, {}).get(AGGREGATE)
        folder = self.landing / REGISTER
        found = sorted(folder.glob(f"{AGGREGATE}.*")) if folder.is_dir() else []
        return Path(named) if named else next(iter(found), None)


def load_settings(workspace: Path | None = None) -> Settings:
    """Read the settings of a workspace: its informality.toml, then what `run` has recorded.

    Args:
        workspace: the folder; without it ``INFORMALITY_WORKSPACE``, else ``workspace`` here.

    Raises:
        InputError: when informality.toml is not TOML or holds an unknown entry.
    """
    folder = workspace or Path(os.environ.get(WORKSPACE_VARIABLE, "workspace"))
    held = read_settings_file(folder)
    recorded = folder / SOURCES_FILE
    sources: dict[str, Mapping[str, str]] = dict(held.sources)
    if recorded.exists():
        for survey_id, files in json.loads(recorded.read_text(encoding="utf-8")).items():
            sources.setdefault(survey_id, files)
    register = held.register_
    return Settings(
        folder.resolve(),
        held.profiles,
        sources,
        register.active_months,
        register.active_window,
        _layout(folder.resolve(), register.layout),
        _layout(folder.resolve(), register.aggregate_layout),
        held.estimates,
        CoverageSettings(**dict(held.coverage), law=held.law),
    )


def holds_run(workspace: Path) -> bool:
    """Say whether anything was ever run in a workspace: both of its databases are there."""
    places = (workspace / "vault" / "vault.duckdb", workspace / "public.duckdb")
    try:
        return all(place.exists() for place in places)
    except OSError:  # a neighbour's folder that may not be looked into
        return False


def require_run(workspace: Path) -> None:
    """Refuse a workspace in which nothing was run, for a command that reads and makes nothing.

    Raises:
        InputError: there is no run; names the commands that make one and workspaces nearby.
    """
    if holds_run(workspace):
        return
    folders = [path for path in (workspace.resolve().parent, Path.cwd()) if path.is_dir()]
    inside = [path for folder in folders for path in folder.iterdir()]
    nearby = sorted({_from_here(path) for path in (*folders, *inside) if holds_run(path)})
    there = f"; workspaces nearby: {', '.join(nearby[:5])}" if nearby else ""
    here = _from_here(workspace)
    raise InputError(
        "nothing was run in this workspace",
        f"run `informality demo --workspace {here}`, or `informality run --survey ID --lfs FILE "
        f"--workspace {here}`, or name another with --workspace{there}",
        file=here,
    )


def _from_here(path: Path) -> str:
    """Write a path as one would type it here."""
    whole = path.resolve()
    return str(whole.relative_to(Path.cwd()) if whole.is_relative_to(Path.cwd()) else whole)


def _layout(workspace: Path, name: str) -> str:
    """Give a layout of the workspace's own as its path; registers/NAME.yaml goes before ours."""
    own = workspace / (name if name.endswith(".yaml") else f"registers/{name}.yaml")
    return str(own) if own.is_file() else name


def record_source(workspace: Path, name: str, files: Mapping[str, Path]) -> None:
    """Remember which files a survey or the register comes from, so that any later run finds them."""
    workspace.mkdir(parents=True, exist_ok=True)
    path = workspace / SOURCES_FILE
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    known[name] = {role: str(file.resolve()) for role, file in files.items()}
    path.write_text(json.dumps(known, indent=2, sort_keys=True) + "\n", encoding="utf-8")
