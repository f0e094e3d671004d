"""The options of `informality estimate` alone; those that commands share are in options.py."""

from pathlib import Path
from typing import Annotated

import typer

_Text = str | None
_Texts = list[str] | None

DataFile = Annotated[Path, typer.Argument(help=".dta .sav .csv .parquet .xlsx, zipped or not.")]
Weight = Annotated[_Text, typer.Option(help="Column of weights.")]
Strata = Annotated[_Text, typer.Option(help="Column of strata.")]
Psu = Annotated[_Text, typer.Option(help="Column of primary sampling units.")]
Ssu = Annotated[_Text, typer.Option(help="Column of second-stage units.")]
Fpc = Annotated[_Text, typer.Option(help="Columns of population sizes or fractions, by stage.")]
Ratio = Annotated[_Texts, typer.Option(help='"numerator / denominator"; may be repeated.')]
Mean = Annotated[_Texts, typer.Option(help="An amount; may be repeated.")]
Total = Annotated[_Texts, typer.Option(help="An amount or a condition; may be repeated.")]
Prop = Annotated[_Texts, typer.Option(help="A condition, or a column of codes.")]
Quantile = Annotated[_Text, typer.Option(help="0.25,0.5,0.75: of --of, else of each --mean.")]
Of = Annotated[_Texts, typer.Option(help="The amount of --quantile; may be repeated.")]
By = Annotated[_Text, typer.Option(help="Columns to break down by, with commas.")]
Where = Annotated[_Text, typer.Option(help="Condition of a subpopulation (not a filter).")]
Lonely = Annotated[
    str,
    typer.Option(help="Strata with one PSU: fail, certainty, remove, adjust, average, collapse."),
]
CollapseMap = Annotated[
    Path | None,
    typer.Option(help="With --lonely collapse: CSV of two columns, stratum and into_stratum."),
]
Interval = Annotated[
    _Text,
    typer.Option(help="Of proportions: logit, xlogit, likelihood, asin, beta, wilson, wald."),
]
Level = Annotated[float, typer.Option(help="Probability of the intervals.")]
Deff = Annotated[bool, typer.Option("--deff", help="Show design effects in md.")]
DeffReplace = Annotated[
    bool,
    typer.Option("--deff-replace", help="Design effects against sampling with replacement."),
]
Missing = Annotated[str, typer.Option(help="Rows without an answer: exclude, zero, fail.")]
DeclaredMissing = Annotated[
    str,
    typer.Option(help="Codes that the file declares or labels missing: drop (no answer) or keep."),
]
DfMethod = Annotated[str, typer.Option(help="r, stata or design.")]
QuantileRule = Annotated[str, typer.Option(help="math, school, hf1 to hf9.")]
Reliability = Annotated[
    str, typer.Option(help="Rules of the flag: nso, ilo, statcan, abs, toolkit, nchs.")
]
Encoding = Annotated[_Text, typer.Option(help="Of the file's text.")]
Decimal = Annotated[_Text, typer.Option(help="What begins decimals in text: . or ,")]
