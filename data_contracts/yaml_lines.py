"""Reading YAML so that an error can name its line; what the YAML means lives with its users."""

from pathlib import Path
from typing import Any

from data_contracts.errors import InputError


def load_yaml(path: Path) -> Any:
    """Read one YAML file.

    Raises:
        InputError: when the file is missing or is not YAML, with file and line.
    """
    import yaml  # noqa: PLC0415 - 15 ms that the command line's start must not pay

    # libyaml's loader is five times as fast; the wheels of PyYAML carry it, other builds may not.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506 - both are safe
    except OSError:
        raise InputError("the file cannot be read", "check its name", file=path.name) from None
    except ValueError:  # PyYAML makes days of what looks like one
        raise InputError(
            "a date is no day of the calendar",
            "write YYYY-MM-DD, a year, or [first day, last day]",
            file=path.name,
        ) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        raise InputError(
            f"this is not YAML: {getattr(error, 'problem', 'unreadable')}",
            "mend that line",
            file=f"{path.name}{line}",
        ) from None


def line_of(path: Path, keys: list[str | int]) -> int:
    """Give the line, counted from 1, on which the value under ``keys`` begins."""
    import yaml  # noqa: PLC0415

    node: Any = yaml.compose(path.read_text(encoding="utf-8"))
    line = 1
    for key in keys:
        if isinstance(node, yaml.MappingNode):
            found = next((pair for pair in node.value if pair[0].value == str(key)), None)
            if found is None:
                break
            line, node = found[0].start_mark.line + 1, found[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(key, int):
            node = node.value[key]
            line = node.start_mark.line + 1
        else:
            break
    return line
