"""The JSON Schemas of the YAML and TOML files that people write, made of their typed models; none by hand."""

from pathlib import Path

from data_contracts.catalogue.breakdowns import Breakdown, CovariateFile
from data_contracts.catalogue.indicators import Indicator
from data_contracts.catalogue.key_figures import KeyFigure
from data_contracts.catalogue.models import Model
from data_contracts.catalogue.questions import SurveyQuestion
from data_contracts.decision_table import DecisionTable
from data_contracts.law.law import LawFile
from data_contracts.profile.profile import Profile
from data_contracts.quality.rules import QualityFile
from data_contracts.registers.layout import RegisterLayout
from data_contracts.typed_yaml import Strict, schema_text

FOLDER = Path(__file__).parent / "schemas"
MODELS: dict[str, tuple[type[Strict], str]] = {
    "profile.json": (Profile, "A survey profile: data_contracts/sources, CONTRIBUTING.md"),
    "register.json": (RegisterLayout, "A register layout: data_contracts/registers"),
    "law.json": (LawFile, "Dated lines of the law: data_contracts/law"),
    "quality.json": (QualityFile, "Quality checks: data_contracts/quality"),
    "decision_table.json": (DecisionTable, "A decision table: data_contracts/rules"),
    "indicators.json": (Indicator, "One indicator: data_contracts/catalogue/indicators.yaml"),
    "breakdowns.json": (Breakdown, "One breakdown: data_contracts/catalogue/breakdowns.yaml"),
    "key_figures.json": (KeyFigure, "One key figure: data_contracts/catalogue/key_figures.yaml"),
    "questions.json": (
        SurveyQuestion,
        "One question to ask: data_contracts/catalogue/questions.yaml",
    ),
    "models.json": (Model, "One model of a wave: data_contracts/catalogue/models.yaml"),
    "covariates.json": (CovariateFile, "Covariates: data_contracts/catalogue/covariates.yaml"),
}


def schema_files(more: dict[str, tuple[type[Strict], str]] | None = None) -> dict[str, str]:
    """Give each schema file's text by its name; ``more`` adds models of other rooms."""
    return {name: schema_text(*one) for name, one in (MODELS | (more or {})).items()}
