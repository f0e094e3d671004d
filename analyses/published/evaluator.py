"""Reads the expressions and sentences of the tables on published numbers; what they say stands in YAML.

The tables are data_contracts/published/rules.yaml and audit.yaml. A name that is not there is an
error, never silently false.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from jinja2 import Environment, StrictUndefined, Template
from jinja2.environment import TemplateExpression


def holds(expressions: tuple[str, ...], names: Mapping[str, Any]) -> bool:
    """Say whether all expressions are true for what the names stand for."""
    return all(value_of(expression, names) for expression in expressions)


def value_of(expression: str, names: Mapping[str, Any]) -> Any:
    """Give what an expression is worth.

    Raises:
        jinja2.UndefinedError: it names what is not there.
    """
    return _compiled(expression)(**names)


def written(template: str, names: Mapping[str, Any]) -> str:
    """Fill a sentence; errors as for ``value_of``."""
    return _sentence(template).render(**names)


@cache
def _environment() -> Environment:
    return Environment(undefined=StrictUndefined, autoescape=False)  # noqa: S701 - plain text


@cache
def _compiled(expression: str) -> TemplateExpression:
    return _environment().compile_expression(expression, undefined_to_none=False)


@cache
def _sentence(template: str) -> Template:
    return _environment().from_string(template)
