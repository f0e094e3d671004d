"""A wave's models of who contributes; one that cannot be fitted is told, and stops nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from analyses.models.drivers import drivers
from data_contracts.catalogue.models import models
from data_contracts.contract.find import load
from data_contracts.discreet import Discreet
from data_contracts.errors import InputError
from data_contracts.profile.plan import WavePlan
from pipelines.figures.estimates import design_of

OUTCOME = "social_security"


@dataclass(frozen=True, repr=False)
class Drivers(Discreet):
    """est.driver of a wave, and the models that it has no rows of: id of the catalogue to the reason."""

    table: pl.DataFrame
    refused: Mapping[str, str]


def drivers_of(plan: WavePlan, rows: pl.DataFrame) -> Drivers:
    """Fit the models of coverage with the covariates that vary.

    A model that cannot be fitted (everyone answers alike, covariates that determine each other, too
    few units, a question that would be circular) has no rows, and its reason is kept.

    Args:
        plan: the wave's.
        rows: one row a person with the main job's columns, all persons.
    """
    usable, reason = plan.profile.asked(OUTCOME)
    frames = [pl.DataFrame(schema=load("est.driver").polars_schema())]
    refused = {}
    employed = rows.filter(pl.col("lfs_status") == "employed")
    chosen = [name for name in plan.covariates if employed[name].n_unique() > 1]
    design = replace(design_of(plan), df_method="design")
    for name, model in models().items():
        try:
            if not usable:
                raise InputError(reason, "")  # noqa: TRY301 - one way to a reason
            frames.append(drivers(rows, design, OUTCOME, model.population, chosen))
        except InputError as error:
            refused[name] = f"{error.rule[:1].upper()}{error.rule[1:].removesuffix('.')}."
        except np.linalg.LinAlgError:
            refused[name] = "The model's equations have no unique solution."
    made = pl.concat(frames, how="diagonal_relaxed").with_columns(
        survey_id=pl.lit(plan.survey_id),
        ref_area=pl.lit(plan.ref_area),
        time_period=pl.lit(plan.time_period),
    )
    return Drivers(made, refused)
