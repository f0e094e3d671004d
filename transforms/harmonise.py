"""A profile's column map applied: raw columns in, canonical columns out. Statuses are derived elsewhere."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from data_contracts.errors import InputError
from data_contracts.profile import Profile

EVIDENCE = {"yes", "no", "dont_know", "no_answer", "not_applicable", "not_asked"}
ROW = "__row"

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
# What stands where a wave has no such column: not asked, or the code list's "unknown".
UNKNOWN = {
    "area_type": "GEO_COV_X",
    "education_aggregate": "EDU_AGGREGATE_X",
    "marital_status": "MTS_X",
    "disability_status": "DSB_STATUS_X",
    "status_icse93": "STE_ICSE93_6",
    "economic_sector": "ECO_SECTOR_X",
    "occupation_major": "OCU_ISCO08_X",
}
NULL_WHEN_UNKNOWN = {"admin1_code", "sex", "industry_isic4_2d", "institutional_sector"}


@dataclass(frozen=True)
class Harmonised:
    """One wave in canonical columns, before any status is derived.

    ``person`` has a row a person, ``job`` a row a person too (the main job's evidence, to be
    narrowed to the employed); ``dropped`` counts rows by the correction that dropped them.
    """

    person: pl.DataFrame
    job: pl.DataFrame
    dropped: Mapping[str, int]


def harmonise(profile: Profile, raw: pl.DataFrame, file: str) -> Harmonised:
    """Apply a profile to a file as delivered.

    Args:
        profile: the wave's profile.
        raw: rows as ``transforms.read.files.read_table`` gives them.
        file: the file's name, for messages.

    Raises:
        InputError: unknown code, text where a number belongs, blank or repeated person key,
            weight that is not positive, stratum with one PSU where the profile's rule is to
            fail, or more rows than a correction allows. Row numbers count the file's data rows.
    """
    raw = raw.rename({column: column.strip().lower() for column in raw.columns})
    codes = raw.select(_code_text(raw[column]) for column in raw.columns).with_row_index(ROW, 1)
    codes, dropped = _correct(profile, codes, file)
    raw = raw.with_row_index(ROW, 1).join(
        codes.select(ROW), on=ROW, how="semi", maintain_order="left"
    )
    columns = _Columns(profile, raw, codes, file)
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
    if "economic_sector" not in profile.columns:
        job = job.with_columns(_sector_of_division().alias("economic_sector"))
    _check_keys(person, codes, file)
    _check_lonely(profile, person, file)
    return Harmonised(person, job, dropped)


def _code_text(values: pl.Series) -> pl.Series:
    """Give codes as text: 1, 1.0, "1", " 01" are all "1"; a blank is null."""
    if values.dtype.is_numeric():
        whole = values.cast(pl.Float64)
        return pl.select(
            pl.when(whole == whole.round())
            .then(whole.cast(pl.Int64, strict=False).cast(pl.String))
            .otherwise(values.cast(pl.String))
            .alias(values.name)
        ).to_series()
    text = values.cast(pl.String).str.strip_chars()
    return pl.select(
        pl.when(text == "")
        .then(None)
        .when(text.str.contains(r"^-?\d{1,18}(\.0+)?$"))
        .then(text.cast(pl.Float64, strict=False).cast(pl.Int64, strict=False).cast(pl.String))
        .otherwise(text)
        .alias(values.name)
    ).to_series()


def _condition(profile: Profile, condition: Any) -> pl.Expr:
    if isinstance(condition, list):
        return pl.any_horizontal([_condition(profile, part) for part in condition])
    return pl.all_horizontal(
        [_fits(pl.col(profile.resolve(name)), wanted) for name, wanted in condition.items()]
    )


def _fits(code: pl.Expr, wanted: Any) -> pl.Expr:
    if isinstance(wanted, dict):
        number = code.cast(pl.Float64, strict=False)
        low, high = wanted.get("min", float("-inf")), wanted.get("max", float("inf"))
        return number.is_between(low, high).fill_null(value=False)
    return code.fill_null("blank").is_in([str(one) for one in wanted])


def _correct(
    profile: Profile, codes: pl.DataFrame, file: str
) -> tuple[pl.DataFrame, dict[str, int]]:
    dropped: dict[str, int] = {}
    for correction in profile.get("corrections", []):
        hit = codes.filter(_condition(profile, correction["drop"]))
        dropped[correction["id"]] = hit.height
        if hit.height > correction.get("at_most", hit.height):
            raise InputError(
                f"the correction {correction['id']} would drop {hit.height} rows, "
                f"and the known fault has at most {correction['at_most']}",
                "find out why the file differs from the one that the profile was written for",
                file=file,
                row=int(hit[ROW][0]),
                rows=hit.height,
            )
        codes = codes.join(hit.select(ROW), on=ROW, how="anti", maintain_order="left")
    return codes, dropped


@dataclass
class _Columns:
    """The rules of one profile over one file."""

    profile: Profile
    raw: pl.DataFrame
    codes: pl.DataFrame
    file: str

    def keys(self) -> list[pl.Series]:
        keys = self.profile["keys"]
        household = self._joined(keys["household"], "hh_id")
        running = (pl.int_range(pl.len()).over(household) + 1).cast(pl.String)
        if "person" in keys:
            number = pl.col(self.profile.resolve(keys["person"]))
            person = pl.when(number.is_null()).then(pl.lit("b") + running).otherwise(number)
        else:
            person = running
        survey = pl.lit(self.profile.survey_id).alias("survey_id")
        frame = self.codes.select(survey, household.alias("hh_id"), person.alias("person_id"))
        self._refuse(frame["hh_id"].is_null(), keys["household"][0], "the household key is blank")
        return frame.get_columns()

    def _joined(self, names: Sequence[str], alias: str) -> pl.Expr:
        return pl.concat_str(
            [pl.col(self.profile.resolve(name)) for name in names], separator="-"
        ).alias(alias)

    def design(self) -> list[pl.Series]:
        design = self.profile["design"]
        frame = self.codes.select(
            self._joined(design["psu"], "psu"), self._joined(design["strata"], "strata")
        )
        for column, names in (("psu", design["psu"]), ("strata", design["strata"])):
            self._refuse(frame[column].is_null(), names[0], f"the {column} code is blank")
        name = self.profile.resolve(design["weight"])
        weight = self._parsed(name) / design.get("weight_divisor", 1.0)
        bad = weight.is_null() | ~(weight > 0) | ~weight.is_finite()
        self._refuse(bad, name, "the weight is blank, zero, negative or not a number")
        micro = (weight * 1e6).round().cast(pl.Int64).alias("weight_micro")
        return [*frame.get_columns(), weight.alias("weight"), micro]

    def text(self, name: str) -> pl.Series:
        rule = self.profile.columns.get(name)
        if rule is None or "not_asked" in rule:
            fill = None if name in NULL_WHEN_UNKNOWN else UNKNOWN.get(name, "not_asked")
            return pl.Series(name, [fill] * self.codes.height, pl.String)
        if "cases" in rule:
            chain: Any = pl
            for case in rule["cases"]:
                chain = chain.when(_condition(self.profile, case["if"])).then(pl.lit(case["then"]))
            return self.codes.select(
                chain.otherwise(pl.lit(rule.get("else"))).alias(name)
            ).to_series()
        column = self.profile.resolve(rule["from"])
        values = self.codes[column]
        if "codes" in rule:
            mapped = values.replace_strict(
                list(rule["codes"]), list(rule["codes"].values()),
                default=rule.get("other"), return_dtype=pl.String,
            )  # fmt: skip
            self._refuse(
                values.is_not_null() & mapped.is_null(),
                column,
                f"a code is none of {', '.join(rule['codes'])}",
                "add what the code means to the profile, or correct the file",
            )
        else:
            mapped = self._shaped(values, rule)
        blank = rule.get("blank", None if name in NULL_WHEN_UNKNOWN else _blank(name))
        return mapped.fill_null(blank).alias(name) if blank is not None else mapped.alias(name)

    def _shaped(self, values: pl.Series, rule: Mapping[str, Any]) -> pl.Series:
        if "digits" in rule:
            values = values.str.zfill(rule["digits"])
        if "take" in rule:
            values = values.str.slice(0, rule["take"])
        return rule["prefix"] + values if "prefix" in rule else values

    def number(self, name: str) -> pl.Series:
        rule = self.profile.columns.get(name)
        if rule is None or "not_asked" in rule:
            return pl.Series(name, [None] * self.codes.height, pl.Float64)
        values = self._parsed(self.profile.resolve(rule["from"]))
        sentinels = [float(value) for value in rule.get("missing", [])]
        values = pl.select(
            pl.when(values.is_in(sentinels)).then(None).otherwise(values)
        ).to_series()
        if "factors_from" in rule:
            periods = self.codes[self.profile.resolve(rule["factors_from"])]
            values = values * periods.replace_strict(
                list(rule["factors"]), [float(factor) for factor in rule["factors"].values()],
                default=None, return_dtype=pl.Float64,
            )  # fmt: skip
        return values.alias(name)

    def size(self) -> tuple[pl.Series, pl.Series]:
        names = ("enterprise_size_lower", "enterprise_size_upper")
        rule = self.profile.columns.get("enterprise_size")
        empty = [pl.Series(name, [None] * self.codes.height, pl.Int32) for name in names]
        if rule is None or "not_asked" in rule:
            return empty[0], empty[1]
        column = self.profile.resolve(rule["from"])
        values = self.codes[column]
        brackets = dict(rule.get("brackets", {}))
        if "counts" in rule:
            first, last = rule["counts"]
            brackets |= {str(count): [count, count] for count in range(first, last + 1)}
        self._refuse(
            values.is_not_null() & ~values.is_in(list(brackets)),
            column,
            f"a code is none of {', '.join(brackets)}",
            "add what the code means to the profile, or correct the file",
        )
        ends = [
            values.replace_strict(
                list(brackets), [pair[side] for pair in brackets.values()],
                default=None, return_dtype=pl.Int32,
            ).alias(name)
            for side, name in enumerate(names)
        ]  # fmt: skip
        return ends[0], ends[1]

    def _parsed(self, column: str) -> pl.Series:
        raw = self.raw[column]
        if raw.dtype.is_numeric():
            return raw.cast(pl.Float64)
        text = raw.cast(pl.String).str.strip_chars().replace("", None)
        values = text.cast(pl.Float64, strict=False)
        self._refuse(
            text.is_not_null() & values.is_null(), column, "text stands where a number belongs"
        )
        return values

    def _refuse(
        self,
        bad: pl.Series,
        column: str,
        rule: str,
        remedy: str = "correct the file, or the profile if the file is right",
    ) -> None:
        if bad.any():
            rows = self.codes[ROW].filter(bad)
            raise InputError(
                rule, remedy, file=self.file, column=self.profile.resolve(column),
                row=int(rows[0]), rows=len(rows),
            )  # fmt: skip


def _blank(name: str) -> str | None:
    return UNKNOWN.get(name, "no_answer")


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


def _check_lonely(profile: Profile, person: pl.DataFrame, file: str) -> None:
    if profile.lonely != "fail":
        return
    psus = person.group_by("strata").agg(pl.col("psu").n_unique())
    lonely: Iterable[str] = psus.filter(pl.col("psu") == 1)["strata"].sort()
    names = list(lonely)
    if names:
        raise InputError(
            f"{len(names)} strata have one PSU, so their variance cannot be estimated: "
            f"{', '.join(names[:10])}",
            "set design.lonely in the profile to certainty, adjust, average or remove, or merge strata",
            file=file,
            column=profile.resolve(profile["design"]["strata"][0]),
        )
