"""A profile's column map applied: raw columns in, canonical columns out. Statuses are derived elsewhere."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import polars as pl

from data_contracts.discreet import Discreet
from data_contracts.errors import InputError
from data_contracts.profile.profile import Profile
from data_contracts.profile.stratum_joins import resolve
from transforms.survey.codes import code_text, condition
from transforms.survey.profile_columns import ROW, ProfileColumns

PERSON_TEXT = (
    "area_type", "admin1_code", "sex", "education_aggregate", "marital_status",
    "disability_status", "lfs_status_given", "worked_for_pay", "worked_for_profit",
    "helped_family_business", "activity_agricultural", "market_orientation", "absent_job",
    "absence_reason", "absence_return_3m", "absence_paid", "searched", "search_method_active",
    "future_start", "available_2w", "own_use_producer",
)  # fmt: skip
JOB_TEXT = (
    "status_icse93", "industry_isic4_2d", "economic_sector", "occupation_major",
    "institutional_unit", "institutional_sector", "bookkeeping", "registration",
    "workplace_type", "contract_duration", "employer_social_contribution", "social_security",
    "paid_annual_leave", "paid_sick_leave",
)  # fmt: skip


@dataclass(frozen=True, repr=False)
class Harmonised(Discreet):
    """One wave in canonical columns, before any status is derived.

    ``person`` has a row a person, ``job`` a row a person too (the main job's evidence, to be
    narrowed to the employed); ``dropped`` counts rows by the correction that dropped them, and
    ``collapsed`` by the stratum as delivered that the profile's map joined with another.
    """

    person: pl.DataFrame
    job: pl.DataFrame
    dropped: Mapping[str, int]
    collapsed: Mapping[str, int]


def harmonise(profile: Profile, raw: pl.DataFrame, file: str) -> Harmonised:
    """Apply a profile to a file as delivered.

    Args:
        profile: the wave's profile.
        raw: rows as ``transforms.read.files.read_table`` gives them.
        file: the file's name, for messages.

    Raises:
        InputError: unknown code, province or industry, text where a number belongs, undeclared
            sentinel, blank or repeated person key, two texts for one household, weight that is
            not positive, a collapse map that does not fit the file's strata, stratum with one PSU
            where the profile's rule is to fail, or more rows than a correction allows. Row numbers count the file's data rows.
    """
    raw = raw.rename({column: column.strip().lower() for column in raw.columns})
    codes = raw.select(code_text(raw[column]) for column in raw.columns).with_row_index(ROW, 1)
    codes, dropped = corrected(profile, codes, file)
    raw = raw.with_row_index(ROW, 1).join(
        codes.select(ROW), on=ROW, how="semi", maintain_order="left"
    )
    columns = ProfileColumns(profile, raw, codes, file)
    person = pl.DataFrame(
        [
            *columns.keys(),
            *columns.design(),
            *(columns.text(name) for name in PERSON_TEXT),
            columns.number("age").round().cast(pl.Int16, strict=False).alias("age"),
        ]
    ).with_columns(_age_aggregate().alias("age_aggregate"))
    lower, upper = columns.size()
    job = pl.DataFrame(
        [
            *columns.keys(),
            pl.Series("job_no", [1] * codes.height, pl.Int8),
            *(columns.text(name) for name in JOB_TEXT),
            lower,
            upper,
            person["market_orientation"].alias("destination_of_production"),
            columns.number("hours_usual_week"),
            columns.number("earnings_monthly"),
            person["own_use_producer"],
        ]
    )
    if not profile.asked("economic_sector")[0]:
        job = job.with_columns(_sector_of_division().alias("economic_sector"))
    _check_keys(person, codes, file)
    person, collapsed = _collapse(profile, person)
    _check_lonely(profile, person, file)
    return Harmonised(person, job, dropped, collapsed)


def corrected(
    profile: Profile, codes: pl.DataFrame, file: str
) -> tuple[pl.DataFrame, dict[str, int]]:
    """Drop the rows that the profile's corrections name.

    Args:
        profile: the wave's profile.
        codes: rows as text codes, with the file's row number in ``ROW``.
        file: the file's name, for messages.

    Returns:
        The rows left, and how many each correction dropped.

    Raises:
        InputError: a correction would drop more rows than its known fault has.
    """
    dropped: dict[str, int] = {}
    for correction in profile.corrections:
        hit = codes.filter(condition(profile, correction.drop))
        dropped[correction.id] = hit.height
        if correction.at_most is not None and hit.height > correction.at_most:
            raise InputError(
                f"the correction {correction.id} would drop {hit.height} rows, "
                f"and the known fault has at most {correction.at_most}",
                "find out why the file differs from the one that the profile was written for",
                file=file,
                row=int(hit[ROW][0]),
                rows=hit.height,
            )
        codes = codes.join(hit.select(ROW), on=ROW, how="anti", maintain_order="left")
    return codes, dropped


def _age_aggregate() -> pl.Expr:
    age = pl.col("age")
    return (
        pl.when(age < 15).then(pl.lit("AGE_AGGREGATE_YLT15"))
        .when(age < 25).then(pl.lit("AGE_AGGREGATE_Y15-24"))
        .when(age < 55).then(pl.lit("AGE_AGGREGATE_Y25-54"))
        .when(age < 65).then(pl.lit("AGE_AGGREGATE_Y55-64"))
        .when(age >= 65).then(pl.lit("AGE_AGGREGATE_YGE65"))
    )  # fmt: skip


def _sector_of_division() -> pl.Expr:
    """ISIC Rev. 4 divisions: agriculture 01-03, industry 05-43, services 45-99."""
    division = pl.col("industry_isic4_2d").cast(pl.Int32, strict=False)
    return (
        pl.when(division.is_between(1, 3)).then(pl.lit("ECO_SECTOR_AGR"))
        .when(division.is_between(5, 43)).then(pl.lit("ECO_SECTOR_IND"))
        .when(division.is_between(45, 99)).then(pl.lit("ECO_SECTOR_SER"))
        .otherwise(pl.lit("ECO_SECTOR_X"))
    )  # fmt: skip


def _check_keys(person: pl.DataFrame, codes: pl.DataFrame, file: str) -> None:
    repeated = person.select(pl.struct("hh_id", "person_id").is_duplicated()).to_series()
    if repeated.any():
        rows = codes[ROW].filter(repeated)
        raise InputError(
            "two rows have the same person key",
            "find which row is right, or name the columns that make the key in the profile",
            file=file,
            row=int(rows[0]),
            rows=len(rows),
        )


def _collapse(profile: Profile, person: pl.DataFrame) -> tuple[pl.DataFrame, dict[str, int]]:
    """Join strata by the profile's map; a unit's label carries its stratum, so that it stays one."""
    if not profile.collapse:
        return person, {}
    ends = resolve(profile.collapse, person["strata"].unique().to_list())
    changed = sorted({*ends, *ends.values()})
    counts = person["strata"].value_counts()
    moved = dict(counts.filter(pl.col("strata").is_in(sorted(ends))).sort("strata").iter_rows())
    touched = pl.col("strata").is_in(changed)
    return person.with_columns(
        pl.when(touched)
        .then(pl.concat_str("strata", "psu", separator=":"))
        .otherwise("psu")
        .alias("psu"),
        pl.col("strata").replace(ends),
    ), moved


def _check_lonely(profile: Profile, person: pl.DataFrame, file: str) -> None:
    if profile.lonely != "fail":
        return
    psus = person.group_by("strata").agg(pl.col("psu").n_unique())
    lonely: Iterable[str] = psus.filter(pl.col("psu") == 1)["strata"].sort()
    names = list(lonely)
    if names:
        raise InputError(
            f"{len(names)} strata have one PSU{' after the collapse map' if profile.collapse else ''}, "
            f"so their variance cannot be estimated: {', '.join(names[:10])}",
            "join each with a stratum like it in the profile (design.collapse), or set "
            "design.lonely to certainty, adjust, average or remove",
            file=file,
            column=profile.resolve([*profile.strata, *profile.psu, "strata"][0]),
        )
