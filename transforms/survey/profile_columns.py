"""The column rules of one profile over one file's rows; what is done with the columns lives elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from data_contracts.code_lists import schemes
from data_contracts.contract import canonical_codes as known
from data_contracts.discreet import Discreet
from data_contracts.errors import InputError
from data_contracts.profile.profile import Profile
from data_contracts.profile.rule import ProfileRule
from transforms.read.values import numbers
from transforms.survey.classified import misfits
from transforms.survey.codes import condition
from transforms.survey.geography import province_code
from transforms.survey.plausible import outside_isic, undeclared_sentinels

ROW: Final = "__row"
ONE_STRATUM: Final = "all"  # the stratum of a file that names none
CORRECT: Final = "correct the file, or the profile if the file is right"


@dataclass(repr=False)
class ProfileColumns(Discreet):
    """The rules of one profile over one file.

    ``raw`` holds the rows as delivered, ``codes`` the same rows as text codes; both carry the
    file's row number in ``ROW``, as corrections may have dropped rows.
    """

    profile: Profile
    raw: pl.DataFrame
    codes: pl.DataFrame
    file: str

    def keys(self) -> list[pl.Series]:
        """Give survey_id, hh_id and person_id; persons without a number are numbered."""
        number, names = self.profile.keys.person, self.profile.household
        outer = self._joined(names or self.profile.psu, "hh_id")
        running = (pl.int_range(pl.len()).over(outer) + 1).cast(pl.String)
        if number is not None:
            given = pl.col(self.profile.resolve(number))
            person = pl.when(given.is_null()).then(pl.lit("b") + running).otherwise(given)
        else:
            person = running
        # Without a household number each person stands alone, within the sampling unit.
        household = outer if names else pl.concat_str([outer, person], separator=":")
        survey = pl.lit(self.profile.survey_id).alias("survey_id")
        frame = self.codes.select(survey, household.alias("hh_id"), person.alias("person_id"))
        if names:
            self._refuse(frame["hh_id"].is_null(), names[0], "the household key is blank")
            self._refuse_collision(frame["hh_id"], names, "household key")
        return frame.get_columns()

    def design(self) -> list[pl.Series]:
        """Give psu, strata, weight and weight_micro (millionths of a person).

        Where the file has no sampling units a household is one; where it has no strata there is
        one. Strata are as delivered: the profile's collapse map comes later.
        """
        design = self.profile.design
        strata, psu = self.profile.strata, self.profile.psu
        frame = self.codes.select(
            self._joined(psu or self.profile.household, "psu"),
            self._joined(strata, "strata") if strata else pl.lit(ONE_STRATUM).alias("strata"),
        )
        for column, names in (("psu", psu), ("strata", strata)):
            if not names:
                continue
            self._refuse(frame[column].is_null(), names[0], f"the {column} code is blank")
            self._refuse_collision(frame[column], names, f"{column} code")
        name = self.profile.resolve(design.weight)
        weight = self._parsed(name, design.weight_decimal) / design.weight_divisor
        bad = weight.is_null() | ~(weight > 0) | ~weight.is_finite()
        self._refuse(bad, name, "the weight is blank, zero, negative or not a number")
        micro = (weight * 1e6).round().cast(pl.Int64).alias("weight_micro")
        return [*frame.get_columns(), weight.alias("weight"), micro]

    def text(self, name: str) -> pl.Series:
        """Give a canonical column of codes."""
        rule = self.profile.columns.get(name)
        if rule is None or rule.not_asked is not None:
            null = name in known.NULL_WHEN_UNKNOWN
            fill = None if null else known.UNKNOWN.get(name, "not_asked")
            return pl.Series(name, [fill] * self.codes.height, pl.String)
        if rule.cases is not None:
            chain: Any = pl
            for case in rule.cases:
                chain = chain.when(condition(self.profile, case.if_)).then(pl.lit(case.then))
            return self.codes.select(chain.otherwise(pl.lit(rule.else_)).alias(name)).to_series()
        column = self._source(rule)
        values = self._filled(self.codes[column], rule, column)
        if rule.codes is not None:
            mapped = values.replace_strict(
                list(rule.codes), list(rule.codes.values()),
                default=rule.other, return_dtype=pl.String,
            )  # fmt: skip
            self._refuse(
                values.is_not_null() & mapped.is_null(),
                column,
                f"a code is none of {', '.join(rule.codes)}",
                "add what the code means to the profile, or correct the file",
            )
        else:
            self._refuse_misfits(name, values, rule, column)
            mapped = self._listed(name, self._shaped(values, rule), rule, column)
        blank = known.usual_blank(name) if rule.blank is None else rule.blank
        self._refuse_blank(name, mapped, blank, column)
        return mapped.fill_null(blank).alias(name) if blank is not None else mapped.alias(name)

    def number(self, name: str) -> pl.Series:
        """Give a canonical column of numbers; declared sentinels and blanks are null."""
        rule = self.profile.columns.get(name)
        if rule is None or rule.not_asked is not None:
            return pl.Series(name, [None] * self.codes.height, pl.Float64)
        values = self._amount(name, rule, self._source(rule))
        if rule.factors_from is not None:
            periods = self.codes[self.profile.resolve(rule.factors_from)]
            values = values * periods.replace_strict(
                list(rule.factors), [float(factor) for factor in rule.factors.values()],
                default=None, return_dtype=pl.Float64,
            )  # fmt: skip
        if rule.or_sum:
            parts = [self._amount(name, rule, self.profile.resolve(x)) for x in rule.or_sum]
            known = pl.any_horizontal(part.is_not_null() for part in parts)
            total = pl.select(pl.when(known).then(pl.sum_horizontal(parts))).to_series()
            values = values.zip_with(values.is_not_null(), total)
        return values.alias(name)

    def _source(self, rule: ProfileRule) -> str:
        """Give the raw column that a rule with ``from`` reads."""
        return self.profile.resolve(rule.from_ or "")

    def _amount(self, name: str, rule: ProfileRule, column: str) -> pl.Series:
        """Read one raw column of numbers; a value that looks like a code is refused."""
        values = self._filled(self._parsed(column, rule.decimal), rule, column)
        values = _without(values, [float(value) for value in rule.missing])
        suspects = undeclared_sentinels(name, values, rule.accept)
        self._refuse(
            values.is_in([float(code) for code in suspects]),
            column,
            f"the values {', '.join(map(str, suspects))} look like codes for a missing answer "
            "and are not declared",
            "declare them under `missing` in the profile, or under `accept` if they are true values",
        )
        return values

    def size(self) -> tuple[pl.Series, pl.Series]:
        """Give the lowest and highest size of the unit; null above is open."""
        names = ("enterprise_size_lower", "enterprise_size_upper")
        rule = self.profile.columns.get("enterprise_size")
        empty = [pl.Series(name, [None] * self.codes.height, pl.Int32) for name in names]
        if rule is None or rule.not_asked is not None:
            return empty[0], empty[1]
        column = self._source(rule)
        values = self._filled(self.codes[column], rule, column)
        brackets: dict[str, list[int | None]] = dict(rule.brackets or {})
        if rule.counts is not None:
            first, last = rule.counts
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

    def _listed(self, name: str, values: pl.Series, rule: ProfileRule, column: str) -> pl.Series:
        """Hold codes that a list outside the profile defines against that list."""
        if name == "admin1_code" and self.profile.ref_area == "LAO":
            return province_code(
                values,
                date=str(self.profile.reference_year),
                file=self.file,
                column=column,
                rows=self.codes[ROW],
            )
        if name == "industry_isic4_2d":
            self._refuse(
                outside_isic(values),
                column,
                "the first two digits are no division of ISIC Rev. 4"
                + (
                    f", counted in codes of {rule.digits} digits" if rule.digits is not None else ""
                ),
                "say in the profile how many `digits` a code has and what is `missing`, or correct "
                "codes that lost digits: 11 in a column of four may have been 0011 or 1100",
            )
        return values

    def _refuse_misfits(self, name: str, values: pl.Series, rule: ProfileRule, column: str) -> None:
        """Refuse codes that are none of the classification that the column takes its digits from."""
        scheme = schemes().get(name)
        if scheme is None:
            return
        codes = _without(values, [str(code) for code in rule.missing])
        for misfit in misfits(scheme, codes, self.raw[column], rule.digits):
            self._refuse(misfit.rows, column, misfit.rule, misfit.remedy)

    def _refuse_blank(self, name: str, mapped: pl.Series, blank: str | None, column: str) -> None:
        """Refuse a blank that the profile gives no meaning, where the closed set has none for it."""
        permitted = known.closed_sets().get(name, ())
        if blank is None or not permitted or blank in permitted:
            return
        self._refuse(
            mapped.is_null(),
            column,
            f"{name} is blank, and the profile does not say what a blank means",
            f"add blank: to the profile's rule, with one of {', '.join(permitted)}",
        )

    def _shaped(self, values: pl.Series, rule: ProfileRule) -> pl.Series:
        values = _without(values, [str(code) for code in rule.missing])
        if rule.digits is not None:
            values = values.str.zfill(rule.digits)
        if rule.take is not None:
            values = values.str.slice(0, rule.take)
        return values if rule.prefix is None else rule.prefix + values

    def _filled(self, values: pl.Series, rule: ProfileRule, column: str) -> pl.Series:
        """Spread a household's one value to its members, where the rule says ``fill: household``."""
        if rule.fill != "household":
            return values
        names = self.profile.household
        if not names:
            raise InputError(
                "a value is to be spread over a household, and no household number is named",
                "name keys.household, or take `fill: household` out of the profile",
                file=self.file,
                column=column,
            )
        household = self._joined(names, "hh_id")
        known = pl.col("value").drop_nulls()
        spread = self.codes.select(household, values.alias("value")).select(
            known.first().over("hh_id").alias(values.name),
            (known.n_unique().over("hh_id") > 1).alias("two"),
        )
        self._refuse(
            spread["two"],
            column,
            "members of one household have different values of what the profile calls a "
            "household's",
            "correct the file, or take `fill: household` out of the profile",
        )
        return spread[values.name]

    def _joined(self, names: Sequence[str], alias: str) -> pl.Expr:
        return pl.concat_str(
            [pl.col(self.profile.resolve(name)) for name in names], separator="-"
        ).alias(alias)

    def _parsed(self, column: str, decimal: str | None = None) -> pl.Series:
        try:
            return numbers(self.raw[column], file=self.file, column=column, decimal=decimal)
        except InputError as error:
            row = int(self.codes[ROW][(error.row or 1) - 1])
            raise InputError(
                error.rule, f"{CORRECT}: `decimal` says which sign begins decimals",
                file=self.file, column=column, row=row, rows=error.rows,
            ) from None  # fmt: skip

    def _refuse_collision(self, keys: pl.Series, names: Sequence[str], what: str) -> None:
        """Refuse texts such as 01 and 1, which are two in the file and would become one key."""
        columns = [self.profile.resolve(name) for name in names]
        if all(self.raw[column].dtype != pl.String for column in columns):
            return
        typed = pl.concat_str([pl.col(c).cast(pl.String).str.strip_chars() for c in columns],
                              separator="-")  # fmt: skip
        frame = self.raw.select(typed.alias("typed")).with_columns(keys.alias("key"))
        several = frame.select(pl.col("typed").n_unique().over("key") > 1).to_series()
        self._refuse(
            several,
            names[0],
            f"two different texts, such as 01 and 1, would become one {what}",
            "write every code in one way",
        )

    def _refuse(self, bad: pl.Series, column: str, rule: str, remedy: str = CORRECT) -> None:
        if bad.any():
            rows = self.codes[ROW].filter(bad)
            raise InputError(
                rule, remedy, file=self.file, column=self.profile.resolve(column),
                row=int(rows[0]), rows=len(rows),
            )  # fmt: skip


def _without(values: pl.Series, missing: Sequence[float] | Sequence[str]) -> pl.Series:
    return values.set(values.is_in(list(missing)).fill_null(value=False), None)
