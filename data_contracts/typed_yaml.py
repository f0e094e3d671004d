"""YAML read into a typed model, with every fault told by line; what the models are lives with their users."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, ValidationError

from data_contracts.errors import InputError, near
from data_contracts.yaml_lines import line_of, load_yaml

Keys = list[str | int]
# What pydantic calls a fault, in our words; the rest keep their own sentence.
_SAID = {
    "missing": "this key is missing",
    "string_type": 'text belongs here (put words such as "yes" and "no", and codes, in quotation marks)',
    "int_type": "a whole number belongs here",
    "int_from_float": "a whole number belongs here",
    "float_type": "a number belongs here",
    "bool_type": "true or false belongs here",
    "list_type": "a list belongs here",
    "tuple_type": "a list belongs here",
    "dict_type": "a mapping belongs here",
    "model_type": "a mapping belongs here",
    "model_attributes_type": "a mapping belongs here",
    "greater_than_equal": "a number from {ge} up belongs here",
    "greater_than": "a number above {gt} belongs here",
    "less_than_equal": "a number up to {le} belongs here",
    "less_than": "a number below {lt} belongs here",
    "too_short": "at least {min_length} belong here, not {actual_length}",
    "too_long": "at most {max_length} belong here, not {actual_length}",
    "string_pattern_mismatch": "the text does not have the form {pattern}",
}
_FORMS = {"list_type", "dict_type", "model_type", "model_attributes_type", "string_type"}


class Strict(BaseModel):
    """A part of a file: no key but its own, no value of another type, never changed once read."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, populate_by_name=True)


class Faults(ValueError):
    """What a model finds wrong between its parts, each with the keys of its place below the model."""

    def __init__(self, found: Sequence[tuple[Keys, str]]) -> None:
        super().__init__("; ".join(said for _, said in found))
        self.found = tuple(found)


Model = TypeVar("Model", bound=Strict)


def load_typed(path: Path, model: type[Model], schema: str) -> Model:
    """Read a YAML file into a model.

    Args:
        path: the file.
        model: what it must be.
        schema: the name of the schema file that describes every key, for messages.

    Raises:
        InputError: the file is not YAML, or breaks the model: every fault with its line, its key
            and what is permitted.
    """
    return typed(load_yaml(path), model, path, schema)


def typed_entries(
    entries: Mapping[str, Any], model: type[Model], path: Path, schema: str
) -> dict[str, Model]:
    """Check a file's parsed entries, each of them one model, by their keys and in their order.

    Arguments and errors as for ``load_typed``.
    """
    return {name: typed(entry, model, path, schema, [name]) for name, entry in entries.items()}


def typed(
    data: Any, model: type[Model], path: Path, schema: str, at: Sequence[str | int] = ()
) -> Model:
    """Check parsed YAML, or the part of it under some keys, against a model.

    Arguments and errors as for ``load_typed``; ``at`` names the part.
    """
    text = _with_text_keys(data, path, [])
    try:
        return model.model_validate(text)
    except ValidationError as error:
        found = error.errors(include_input=False, include_url=False)
    placed = [(_within(text, one["loc"]), one) for fault in found for one in _each(fault)]
    lines: dict[tuple[int, str], None] = {}
    for keys, fault in placed:
        if _is_another_form(keys, fault, placed):
            continue
        whole = [*at, *keys]
        where = ".".join(map(str, whole)) or "the file"
        lines[_line(path, whole), f"{where}: {_sentence(fault, model, keys)}"] = None
    ordered = sorted(lines)
    first = ordered[0][0]
    if len(ordered) == 1:
        raise InputError(
            ordered[0][1],
            f"mend that line; data_contracts/schemas/{schema} describes every key",
            file=f"{path.name}, line {first}",
        ) from None
    told = "; ".join(f"line {line}: {said}" for line, said in ordered)
    raise InputError(
        f"{len(ordered)} faults: {told}",
        f"mend these lines; data_contracts/schemas/{schema} describes every key",
        file=f"{path.name}, line {first}",
    ) from None


def _each(fault: Any) -> Iterator[Any]:
    """Take apart what a model found between its parts."""
    cause = fault.get("ctx", {}).get("error")
    if not isinstance(cause, Faults):
        yield fault
        return
    for keys, said in cause.found:
        yield {"type": "value_error", "loc": (*fault["loc"], *keys), "ctx": {"error": said}}


def _is_another_form(keys: Keys, fault: Any, placed: Sequence[tuple[Keys, Any]]) -> bool:
    """Tell whether a fault says only that the value has not the other form that it might have."""
    if fault["type"] not in _FORMS:
        return False
    return any(
        other["type"] not in _FORMS and there[: len(keys)] == keys for there, other in placed
    )


def _sentence(fault: Any, model: type[BaseModel], keys: Keys) -> str:
    kind, context = str(fault["type"]), fault.get("ctx", {})
    if kind == "extra_forbidden":
        known = _fields_at(model, keys[:-1])
        hint = near(str(keys[-1]), known)
        return f"there is no such key here{hint} (permitted: {', '.join(known)})"
    if kind in {"literal_error", "enum"}:
        permitted = str(context["expected"]).replace("'", "").replace(" or ", ", ")
        return f"permitted: {permitted}"
    if kind == "value_error":
        return str(context["error"])
    return _SAID.get(kind, str(fault["msg"])).format(**context)


def _fields_at(model: type[BaseModel], keys: Keys) -> list[str]:
    """List the keys that a model permits at a place, by walking the types of its fields."""
    kinds: list[Any] = [model]
    for key in keys:
        kinds = [inner for kind in kinds for inner in _inside(kind, key)]
    return [
        field.alias or name
        for kind in kinds
        if isinstance(kind, type) and issubclass(kind, BaseModel)
        for name, field in kind.model_fields.items()
    ]


def _inside(kind: Any, key: str | int) -> Iterator[Any]:
    """Give the types that may stand under one key of a type."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        for name, field in kind.model_fields.items():
            if key in (name, field.alias):
                yield from _flat(field.annotation)
        return
    for part in get_args(kind):
        yield from _flat(part)


def _flat(kind: Any) -> Iterator[Any]:
    """Give a type, or the types that a union or an optional one is made of, containers as they are."""
    origin = getattr(kind, "__origin__", None)
    if isinstance(kind, type) or origin in (dict, list, tuple):
        yield kind
        return
    for part in get_args(kind):
        yield from _flat(part)


def _within(data: Any, location: Sequence[str | int]) -> Keys:
    """Drop from pydantic's place what is no key of the file, such as the name of a union's part."""
    keys: Keys = []
    for i, part in enumerate(location):
        last = i == len(location) - 1 and part != "[key]"  # a missing key is named, too
        if isinstance(data, Mapping) and (part in data or last):
            keys.append(part)
            data = data.get(part)
        elif isinstance(data, list) and isinstance(part, int) and part < len(data):
            keys.append(part)
            data = data[part]
    return keys


def _line(path: Path, keys: Keys) -> int:
    if not path.is_file():
        return 1
    return _line_of_toml(path, keys) if path.suffix == ".toml" else line_of(path, keys)


def _line_of_toml(path: Path, keys: Keys) -> int:
    """Give the line that names the last of some keys, or the table that they lie in."""
    lines = path.read_text(encoding="utf-8").splitlines()
    for depth in range(len(keys), 0, -1):
        name = re.escape(str(keys[depth - 1]))
        named = re.compile(rf"^\s*(\[.*\b{name}\]|[\"']?{name}[\"']?\s*=|.*[{{,]\s*{name}\s*=)")
        found = [number for number, line in enumerate(lines, 1) if named.match(line)]
        if found:
            return found[0]
    return 1


def _with_text_keys(value: Any, path: Path, keys: Keys) -> Any:
    """Make every key text, as codes are compared as text (YAML reads 1: as a number, yes: as true)."""
    if isinstance(value, dict):
        for key in value:
            if isinstance(key, bool) or key is None:
                raise InputError(
                    f"{'.'.join(map(str, keys)) or 'the file'}: a key is {str(key).lower()} to YAML",
                    'put words such as "yes", "no" and "null" in quotation marks',
                    file=f"{path.name}, line {_line(path, keys)}",
                )
        return {
            str(key): _with_text_keys(entry, path, [*keys, str(key)])
            for key, entry in value.items()
        }
    if isinstance(value, list):
        return [_with_text_keys(entry, path, [*keys, i]) for i, entry in enumerate(value)]
    return value


def schema_text(model: type[Strict], title: str) -> str:
    """Give a model's JSON Schema (2020-12) as the text of its file."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    schema |= model.model_json_schema(by_alias=True) | {"title": title}
    import json  # noqa: PLC0415 - only those who write schemas need it

    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"
