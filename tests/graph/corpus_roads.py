"""The roads that the corpus is sent down: the same steps as the graph's, without storing."""

import tempfile
from dataclasses import replace
from functools import cache
from pathlib import Path

import polars as pl

KEY = b"0" * 32


def survey(wave):
    """Give the road of a survey wave: a path in, its canonical tables and the notes out."""

    def read(path):
        from data_contracts.profile.plan import resolve
        from data_contracts.profile.profile import load_profile
        from pipelines.figures.core import derive
        from pipelines.figures.survey_checks import tried
        from transforms.read.files import read_table
        from transforms.survey.harmonise import harmonise

        profile = load_profile(wave)
        raw = read_table(path, profile.raw_names(), profile.encoding)
        tried(resolve(profile), replace(raw, synthetic=True, scale=0.02))
        person, job = derive(profile, harmonise(profile, raw.frame, raw.name))
        return {"person": person, "job": job}, raw.notes

    return read


def register(role, layout="LSSO_EXTRACT"):
    """Give the road of one register file."""

    def read(path):
        from data_contracts.registers.layout import load_layout
        from transforms.read.files import read_table
        from transforms.register.canonical import canonical

        rules = load_layout(layout)
        raw = read_table(path, layout=rules.tables[role].format or None)
        return {role: canonical(role, raw.frame, rules, KEY, raw.name)}, raw.notes

    return read


def same(one, other):
    """Tell whether two readings gave the same tables."""
    return one.keys() == other.keys() and all(
        one[name].sort(pl.all()).equals(other[name].sort(pl.all())) for name in one
    )


def once(read, name):
    """Read the clean file once."""

    @cache
    def clean(twin):
        return read(twin / name)[0]

    return clean


def road(read, name):
    """Give a road: what the clean file gives, and how a case is read."""
    return once(read, name), read


def plain_workbook(read):
    """Give what the plain workbook of counts gives, read once."""

    @cache
    def clean(twin):
        from tests.graph.corpus_workbook import book

        with tempfile.TemporaryDirectory() as folder:
            return read(book()(twin, Path(folder)))[0]

    return clean


COUNTS = register("aggregate", "LSSO_WORKBOOK")
ROADS = {
    "counts": (plain_workbook(COUNTS), COUNTS),
    "survey 2017": road(survey("LAO_2017_LFS"), "LAO_2017_LFS/LAO_LFS_2017_M3_25062018.dta"),
    "survey 2010": road(survey("LAO_2010_LFS"), "LAO_2010_LFS/LAO_LFS_2010.dta"),
    "members": road(register("members"), "LSSO/members.csv"),
    "contributions": road(register("contributions"), "LSSO/contributions.parquet"),
    "employers": road(register("employers"), "LSSO/employers.xlsx"),
}
