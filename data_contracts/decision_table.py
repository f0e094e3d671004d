"""Decision tables: what a file in ``rules/`` may hold; they are applied to rows in transforms/survey.

A table has nodes (small closed sets of states), parameters (national variants) and ordered steps;
the first step whose conditions all hold decides. What a raw answer means for a node is in it too.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, model_validator

from data_contracts.errors import InputError
from data_contracts.typed_yaml import Faults, Keys, Strict, load_typed

RULES = Path(__file__).parent / "rules"
SCHEMA = "decision_table.json"
Value = bool | int | str
States = Annotated[list[str], Field(min_length=1)]
Values = Annotated[list[Value], Field(min_length=1)]


class WholeNumbers(Strict):
    """Whole numbers from one to another."""

    minimum: int
    maximum: int


class RuleParameter(Strict):
    """A national variant: what a profile may choose, and what holds where it does not."""

    default: Value
    allowed: Values | WholeNumbers
    meaning: str
    source: str

    @model_validator(mode="after")
    def _default_is_allowed(self) -> "RuleParameter":
        if not self.allows(self.default):
            raise ValueError(f"the default is not allowed; give one of: {self.said}")
        return self

    def allows(self, value: object) -> bool:
        """Tell whether a value may be chosen."""
        if isinstance(self.allowed, WholeNumbers):
            return type(value) is int and self.allowed.minimum <= value <= self.allowed.maximum
        return among(value, self.allowed)

    @property
    def said(self) -> str:
        """What is allowed, in words."""
        if isinstance(self.allowed, WholeNumbers):
            return f"a whole number from {self.allowed.minimum} to {self.allowed.maximum}"
        return ", ".join(str(value).lower() for value in self.allowed)


class RuleNode(Strict):
    """A question that the steps ask: read from one column's answers, or computed by the caller."""

    states: States
    computed: str | None = Field(None, description="how the caller computes it, in words")
    from_: str | None = Field(None, alias="from", description="the canonical column it reads")
    evidence: dict[str, str | dict[str, str]] = Field(
        default_factory=dict,
        description="answer -> state; or {parameter: name, value: state, ..} where a variant decides",
    )

    @model_validator(mode="after")
    def _one_kind(self) -> "RuleNode":
        mapped = self.from_ is not None and bool(self.evidence)
        if mapped == (self.computed is not None) or (self.from_ is None) == bool(self.evidence):
            raise ValueError("a node has states and either computed, or from and evidence")
        return self


class RuleStep(Strict):
    """One line of a table: under ``given`` parameters, where ``when`` nodes are in states, ``then``."""

    step: int = Field(ge=0, le=127)
    given: dict[str, Values] = Field(default_factory=dict)
    when: dict[str, States]
    then: str | None
    text: str


class DecisionTable(Strict):
    """A whole table."""

    rule: str = Field(description="its name, which is the file's")
    version: int
    title: str
    source: str
    results: States
    parameters: dict[str, RuleParameter]
    nodes: dict[str, RuleNode]
    steps: list[RuleStep] = Field(min_length=1)

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> "DecisionTable":
        faults = [*self._faults_of_nodes(), *self._faults_of_steps()]
        if self.steps[-1].when or self.steps[-1].given:
            last: Keys = ["steps", len(self.steps) - 1]
            faults.append((last, "the last step must catch every row (when: {})"))
        if faults:
            raise Faults(faults)
        return self

    def _faults_of_nodes(self) -> Iterator[tuple[Keys, str]]:
        for name, node in self.nodes.items():
            for answer, state in node.evidence.items():
                here: Keys = ["nodes", name, "evidence", answer]
                targets = [state] if isinstance(state, str) else []
                if isinstance(state, dict):
                    by = state.get("parameter", "")
                    values = {key: one for key, one in state.items() if key != "parameter"}
                    if by not in self.parameters:
                        yield here, f"no parameter {by}"
                    elif set(values) != set(map(str, self._listed(by))):
                        yield here, f"one state for each value of {by} belongs here"
                    targets = list(values.values())
                for target in targets:
                    if target not in node.states:
                        yield here, f"no state of the node (permitted: {', '.join(node.states)})"

    def _listed(self, parameter: str) -> Sequence[Value]:
        allowed = self.parameters[parameter].allowed
        return [] if isinstance(allowed, WholeNumbers) else allowed

    def _faults_of_steps(self) -> Iterator[tuple[Keys, str]]:
        for i, step in enumerate(self.steps):
            here: Keys = ["steps", i]
            if step.then is not None and step.then not in self.results:
                results = ", ".join(self.results)
                yield [*here, "then"], f"no result of the table (permitted: {results})"
            for name, states in step.when.items():
                at: Keys = [*here, "when", name]
                if name not in self.nodes:
                    yield at, f"there is no node {name}"
                elif not set(states) <= set(self.nodes[name].states):
                    known = ", ".join(self.nodes[name].states)
                    yield at, f"a state that node {name} does not have (permitted: {known})"
            for name, values in step.given.items():
                at = [*here, "given", name]
                if name not in self.parameters:
                    yield at, f"no parameter {name}"
                elif not all(self.parameters[name].allows(value) for value in values):
                    said = self.parameters[name].said
                    yield at, f"a value that {name} does not allow (permitted: {said})"


@cache
def load_decision_table(path: Path) -> DecisionTable:
    """Load and check one table.

    Args:
        path: the YAML file; ``rule_file(name)`` gives the path of one of ours.

    Raises:
        InputError: the table is malformed; every fault with its line and what is permitted.
    """
    return load_typed(path, DecisionTable, SCHEMA)


def rule_file(name: str) -> Path:
    """Give the path of one of our tables by its name, for instance ``nature_of_job_icls17``."""
    return RULES / f"{name}.yaml"


@cache
def all_tables() -> tuple[DecisionTable, ...]:
    """Give all our tables, by name."""
    return tuple(load_decision_table(path) for path in sorted(RULES.glob("*.yaml")))


def refused_parameter(name: str, value: object) -> str | None:
    """Say why a profile cannot give a parameter this value; None if it can."""
    known = {key: entry for table in all_tables() for key, entry in table.parameters.items()}
    if name not in known:
        return f"no decision table has a parameter {name}; choose among {', '.join(sorted(known))}"
    if not known[name].allows(value):
        return f"parameter {name} cannot be {value!r}; give one of: {known[name].said}"
    return None


def resolve_parameters(
    tables: Sequence[DecisionTable], given: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Fill in defaults and check the values given for the parameters of some tables.

    A name that belongs to another of our tables is passed over, so that a survey profile can
    hold one set of parameters; a name that no table knows is an error.

    Raises:
        InputError: an unknown parameter, or a value that its table does not allow.
    """
    known = {name: entry for table in tables for name, entry in table.parameters.items()}
    foreign = {name for table in all_tables() for name in table.parameters} - set(known)
    for name, value in given.items():
        refused = None if name in foreign else refused_parameter(name, value)
        if refused:
            rule, _, remedy = refused.partition("; ")
            raise InputError(rule, remedy)
    return {name: given.get(name, entry.default) for name, entry in known.items()}


def among(value: object, values: Sequence[object]) -> bool:
    """Tell whether a list holds a value; 0 is not false and 1 not true, though Python says so."""
    return any(value == one and type(value) is type(one) for one in values)
