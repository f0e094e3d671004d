"""The text of an expression and its syntax tree, with places for messages; columns are read in reading.py."""

import ast
import re

from data_contracts.errors import InputError

ALLOWED = (
    "write names, numbers, 'quoted text', == != < <= > >=, in (a, b), and, or, not, + - * /, "
    "brackets, missing(x); a name with spaces or of a Python word goes in `backticks`"
)
LONGEST = 1000  # characters; keeps a deep tree from exhausting the stack
QUOTED = re.compile(r"""'[^']*'|"[^"]*"|`([^`]+)`""")


class ParsedText:
    """An expression's syntax tree, with the way back to positions and backticked names.

    Raises:
        InputError: the text is not one line that Python's grammar can read.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.quoted: dict[str, str] = {}
        code = QUOTED.sub(self._placeholder, text)
        self.lead = len(code) - len(code.lstrip())
        self.code = code.strip()
        if not self.code or "\n" in self.code or len(self.code) > LONGEST:
            raise InputError(f"an expression is one line of 1 to {LONGEST} characters", ALLOWED)
        try:
            self.tree = ast.parse(self.code, mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            raise self._unreadable(error) from None

    def _placeholder(self, found: re.Match[str]) -> str:
        if found[1] is None:
            return found[0]
        stand_in = f"_{chr(ord('A') + len(self.quoted) % 26)}{len(self.quoted) // 26 or ''}"
        stand_in = stand_in.ljust(len(found[0]), "_")
        while stand_in in self.text or stand_in in self.quoted:
            stand_in += "_"
        self.quoted[stand_in] = found[1]
        return stand_in

    def _unreadable(self, error: BaseException) -> InputError:
        at = (getattr(error, "offset", None) or 1) + self.lead
        if re.search(r"(?<![=!<>])=(?!=)", QUOTED.sub("", self.text)):
            return self.refused(at, "a single = asks nothing; equality is ==")
        return self.refused(at, "this cannot be read")

    def refused(self, at: int, rule: str) -> InputError:
        """Give the error for the character at a position, counted from 1."""
        return InputError(f"in `{self.text}` at character {at}: {rule}", ALLOWED)

    def position(self, node: ast.AST) -> int:
        """Give where a part begins in the text, counted from 1."""
        before = self.code.encode()[: getattr(node, "col_offset", 0)]
        return len(before.decode(errors="ignore")) + 1 + self.lead

    def written(self, node: ast.Name) -> str:
        """Give a name as it was written: Python's own names are in another Unicode form (NFKC)."""
        name = self.code.encode()[node.col_offset : node.end_col_offset].decode()
        return self.quoted.get(name, name).strip()
