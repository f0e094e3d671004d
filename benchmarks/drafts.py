"""Labelled files in seven languages from nothing but a questionnaire's words: what a person changes to reach a brief.

One synthetic survey is drawn and put into the columns, codes and words of each questionnaire of
``questionnaires.yaml``: a file as a statistical office delivers it, with columns beside that only
look alike. Its profile is drafted, the edits listed there are made, and the command line checks and
runs it to a brief. Printed are the lines that a person wrote, language by language.

    python benchmarks/drafts.py [--scale 0.02] [--language Spanish] [--keep FOLDER]

The exit code is 1 where a language needs more than 15 lines or reaches no brief.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from data_contracts.profile.profile import load_profile
from pipelines.figures.core import derive
from pipelines.figures.profile_draft import draft_yaml, drafted
from transforms.survey.harmonise import harmonise
from transforms.twin.population import population
from transforms.twin.survey import draw_survey
from transforms.twin.write import write_spss, write_stata

QUESTIONNAIRES = Path(__file__).with_name("questionnaires.yaml")
MOST = 15  # lines that a person may have to change
SEED = 3
Words = Mapping[str, Any]


@dataclass(frozen=True)
class Trial:
    """How one language fared: the lines a person wrote, its brief, and what the last command said."""

    lines: list[str]
    brief: Path | None
    said: str


def questionnaires() -> Mapping[str, Words]:
    """Load the questionnaires, by language."""
    every: Mapping[str, Words] = yaml.safe_load(QUESTIONNAIRES.read_text(encoding="utf-8"))
    return every


def answers(scale: float) -> pl.DataFrame:
    """Draw the twin's survey in canonical columns: a row a person, the main job beside it."""
    profile = load_profile("LAO_2017_LFS")
    wave = draw_survey(population(scale, SEED), SEED)
    wave = wave.filter(pl.col("hl05").is_not_null())  # the profile drops the record without an age
    person, job = derive(profile, harmonise(profile, wave, "the twin"))
    keys = ["hh_id", "person_id"]
    more = [name for name in job.columns if name not in person.columns]
    # The twin's own occupations have four digits; an industry's division is given a first class.
    return person.join(
        job.select(*keys, *more), on=keys, how="left", maintain_order="left"
    ).with_columns(
        pl.col("enterprise_size_lower").cast(pl.String),
        wave["lsco4"].replace("", None).alias("occupation_major"),
        (pl.col("industry_isic4_2d") + "10").replace("9910", "9900").alias("industry_isic4_2d"),
    )


def delivered(told: pl.DataFrame, words: Words) -> tuple[pl.DataFrame, dict[str, str], dict[str, dict[int, str]]]:  # fmt: skip
    """Put answers into one questionnaire's columns: the rows, the columns' labels, the codes' labels."""
    rows, labels, codes = [], {}, {}
    for column, (name, label, *meanings) in words["columns"].items():
        labels[name] = label
        values = told[column]
        if meanings:
            canonical = {one: code for code, (_, *many) in meanings[0].items() for one in many}
            values = values.replace_strict(canonical, default=None, return_dtype=pl.Float64)
            codes[name] = {code: said for code, (said, *_) in meanings[0].items()}
        elif column in words["digits"]:
            values = values.str.slice(0, words["digits"][column])
        rows.append(values.cast(pl.Float64).alias(name))
    for name, label, column, *meanings in words["beside"]:
        labels[name] = label
        if meanings:
            codes[name] = meanings[0]
            place = told[column].hash(SEED) % len(meanings[0]) + 1
            rows.append(place.cast(pl.Float64).shift(1).alias(name))
        else:
            rows.append((told[column] * 1.07).alias(name))
    return pl.DataFrame(rows), labels, codes


def made(folder: Path, told: pl.DataFrame, words: Words) -> Path:
    """Write one questionnaire's file."""
    rows, labels, codes = delivered(told, words)
    path = folder / f"{words['survey_id']}.{words['format']}"
    (write_stata if words["format"] == "dta" else write_spss)(rows, path, labels, codes)
    return path


def edited(text: str, edits: Sequence[tuple[str, str]]) -> tuple[str, list[str]]:
    """Make a person's edits.

    Returns:
        The profile, and its lines that the draft does not have: those that a person wrote.

    Raises:
        ValueError: an edit that no line of the draft holds.
    """
    drafted_lines = set(text.splitlines())
    for old, new in edits:
        if old not in text:
            raise ValueError(f"no drafted line holds: {old}")
        text = text.replace(old, new, 1)
    return text, [line for line in text.splitlines() if line not in drafted_lines]


def command(*words: object) -> subprocess.CompletedProcess[str]:
    """Run the command line as a person does, without the environment's settings of ours."""
    ours = ("INFORM", "DAGSTER_")
    return subprocess.run(  # noqa: S603 - our own command line
        [sys.executable, "-m", "pipelines.cli", *map(str, words)],
        capture_output=True, text=True, check=False,
        env={key: value for key, value in os.environ.items() if not key.startswith(ours)},
    )  # fmt: skip


def tried(folder: Path, told: pl.DataFrame, words: Words) -> Trial:
    """Take one language from its file to a brief; the first command that refuses ends it."""
    path = made(folder, told, words)
    draft = draft_yaml(drafted(path, None, None), words["survey_id"])
    text, lines = edited(draft, words["edits"])
    profile = path.with_suffix(".yaml")
    profile.write_text(text, encoding="utf-8")
    workspace = folder / f"{words['survey_id']}-workspace"
    road = (
        ("profile", "check", path, "--profile", profile),
        ("run", "--profile", profile, "--lfs", path, "--workspace", workspace),
    )
    for step in road:
        ended = command(*step)
        if ended.returncode:
            return Trial(lines, None, ended.stdout + ended.stderr)
    briefs = sorted((workspace / "briefs" / words["survey_id"]).glob("*.pdf"))
    return Trial(lines, briefs[0] if briefs else None, ended.stdout)


def main() -> int:
    """Try every language; see the module's description."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--scale", type=float, default=0.02)
    parser.add_argument("--language", action="append")
    parser.add_argument("--keep", type=Path)
    asked = parser.parse_args()
    told, every = answers(asked.scale), questionnaires()
    failed, figures = False, dict[str, list[str]]()
    with tempfile.TemporaryDirectory() as short:
        folder = asked.keep or Path(short)
        folder.mkdir(parents=True, exist_ok=True)
        for language in asked.language or every:
            trial = tried(folder, told, every[language])
            right = trial.brief is not None and len(trial.lines) <= MOST
            failed |= not right
            ended = trial.brief.name if trial.brief is not None else f"NO BRIEF\n{trial.said}"
            sys.stdout.write(f"{language}: {len(trial.lines)} lines changed, {ended}\n")
            sys.stdout.writelines(f"    {line.strip()}\n" for line in trial.lines)
            if trial.brief is not None:
                figures[language] = _figures(trial.brief.parents[2])
    differ = [one for one in figures if figures[one] != next(iter(figures.values()))]
    said = "the same" if not differ else f"OTHERS in {', '.join(differ)}"
    sys.stdout.write(f"figures of {len(figures)} languages: {said}\n")
    return int(failed or bool(differ))


def _figures(workspace: Path) -> list[str]:
    """Give a workspace's estimates without the names of survey, country, year and areas."""
    shown = command("table", "est.estimate", "--workspace", workspace, "--format", "csv").stdout
    table = pl.read_csv(shown.encode(), infer_schema=False)
    places = ("survey_id", "ref_area", "time_period", "numerator_date", "denominator_date")
    table = table.filter(pl.col("breakdown") != "admin1_code")  # numbered in each country's own way
    return table.drop(places).write_csv().splitlines()


if __name__ == "__main__":
    sys.exit(main())
