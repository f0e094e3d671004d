"""`informality estimate`: figures with their uncertainty from any file, without a profile."""

from typing import TYPE_CHECKING

from data_contracts.errors import InputError
from pipelines.commands import estimate_options as one
from pipelines.commands.estimate_file import collapse_map as read_map
from pipelines.commands.estimate_file import refuse_unmet, request_table, without_declared
from pipelines.commands.estimate_page import described, printout, withheld
from pipelines.commands.printing import printed, told
from pipelines.commands.printout import Printout, TableFormat

if TYPE_CHECKING:
    from analyses.ask.face import AskedFigure


@printed(TableFormat.md)
def command(
    file: one.DataFile,
    weight: one.Weight = None,
    strata: one.Strata = None,
    psu: one.Psu = None,
    ssu: one.Ssu = None,
    fpc: one.Fpc = None,
    ratio: one.Ratio = None,
    mean: one.Mean = None,
    total: one.Total = None,
    prop: one.Prop = None,
    quantile: one.Quantile = None,
    of: one.Of = None,
    by: one.By = None,
    where: one.Where = None,
    lonely: one.Lonely = "fail",
    collapse_map: one.CollapseMap = None,
    ci: one.Interval = None,
    level: one.Level = 0.95,
    deff: one.Deff = False,
    deff_replace: one.DeffReplace = False,
    missing: one.Missing = "exclude",
    declared_missing: one.DeclaredMissing = "drop",
    df_method: one.DfMethod = "r",
    quantile_rule: one.QuantileRule = "math",
    reliability: one.Reliability = "nso",
    encoding: one.Encoding = None,
    decimal: one.Decimal = None,
) -> Printout:
    """Estimate totals, means, ratios, proportions and quantiles of a file under its design.

    Conditions: names, numbers, 'quoted text', == != < <= > >=, in (a, b), and, or, not, + - * /,
    brackets, missing(x). Figures that the reliability rules flag S are withheld.
    """
    from analyses.ask import face as survey

    figures = _figures(ratio, mean, total, prop, quantile, of)
    joined = read_map(lonely, collapse_map)
    design = survey.Design(
        weight, strata, psu, ssu, tuple(_list(fpc)),
        "fail" if joined else lonely, joined,  # type: ignore[arg-type]
    )  # fmt: skip
    groups = _list(by)
    table = request_table(file, figures, [*design.columns, *groups], where, encoding, decimal)
    table = without_declared(table, declared_missing, groups)
    refuse_unmet(table, figures, where)
    found = survey.estimate(
        table.frame, *figures, design=design, by=groups, where=where, level=level,
        ci=ci, missing=missing, df_method=df_method, quantile_rule=quantile_rule,  # type: ignore[arg-type]
        deff="wr" if deff_replace else "wor", reliability=reliability,
    )  # fmt: skip
    for note in table.notes:
        told(f"{table.name}: {note}")
    about = described(table, design, where, reliability)
    return printout(withheld(found, reliability), about, deff=deff or deff_replace)


def _list(text: str | None) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()] if text else []


def _figures(
    ratio: one.Ratio, mean: one.Mean, total: one.Total, prop: one.Prop,
    quantile: one.Quantile, of: one.Of,
) -> "list[AskedFigure]":  # fmt: skip
    """Give the figures that are asked for, in the order of the options.

    Raises:
        InputError: none is asked for, or one cannot be read.
    """
    from analyses.ask import face as survey
    from analyses.ask.expressions import split_ratio

    found = [survey.ratio(*split_ratio(text)) for text in ratio or []]
    found += [survey.mean(text) for text in mean or []]
    found += [survey.total(text) for text in total or []]
    found += [survey.prop(text) for text in prop or []]
    if quantile:
        amounts = of or mean or []
        if not amounts:
            raise InputError("--quantile needs an amount", "name it with --of, or with --mean")
        try:
            wanted = [float(part) for part in _list(quantile)]
        except ValueError:
            raise InputError(
                "--quantile takes numbers between 0 and 1", "write 0.25,0.5,0.75"
            ) from None
        found += [survey.quantile(text, wanted) for text in amounts]
    if not found:
        raise InputError(
            "no figure is asked for", "give --mean, --total, --prop, --ratio or --quantile"
        )
    return found
