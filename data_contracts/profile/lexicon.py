"""Words that name canonical columns and codes in a file's own labels; the check that uses them is in label_check.py.

What the words are stands in ``lexicon.yaml``; guessing a whole profile from them lives elsewhere.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from data_contracts.yaml_lines import load_yaml

LEXICON = Path(__file__).parent / "lexicon.yaml"
UNKNOWN_CODES = {"dont_know", "no_answer", "not_applicable", "unclear"}
WORDS = r"[^\W_]+(?:[\u0eb0-\u0ecd]+[^\W_]*)*"
WHOLE_LABEL = 0.75  # share of a label's words from which it says that and nothing else
LAO = re.compile(r"[\u0e80-\u0eff]")
ACCENTS = re.compile(r"[\u0300-\u036f]")


@dataclass(frozen=True)
class Entry:
    """What is known of one canonical column's words.

    Attributes:
        kind: ``coded``, ``yes_no``, ``number``, ``classification`` or ``design``.
        words: phrases of its label; names: phrases of its name; against: phrases that speak
            against it.
        codes: phrases by canonical code.
        loose: national practice decides the codes, so that labels cannot contradict them.
    """

    kind: str
    words: tuple[str, ...]
    names: tuple[str, ...]
    against: tuple[str, ...]
    codes: Mapping[str, tuple[str, ...]]
    loose: bool


@cache
def lexicon() -> Mapping[str, Entry]:
    """Load the entries, by canonical column."""
    data = _data()
    entries = {}
    for column, entry in data["columns"].items():
        kind = entry["kind"]
        codes = _codes(kind, entry, data["yes_no"])
        about = data["elsewhere"].get(entry.get("about", ""), [])
        also = data["elsewhere"]["question"] if {"yes", "no"} <= set(codes) else []
        entries[column] = Entry(
            kind,
            tuple(entry["words"]),
            tuple(entry["names"]),
            (*entry.get("not", []), *about, *also),
            {code: tuple(phrases) for code, phrases in codes.items()},
            bool(entry.get("loose", False)),
        )
    return entries


def _codes(
    kind: str, entry: Mapping[str, Any], answers: Mapping[str, list[str]]
) -> Mapping[str, list[str]]:
    """Give the phrases by code; where yes and no are among the codes, those of every such question too."""
    own: Mapping[str, list[str]] = entry.get("codes", {})
    if kind == "yes_no":
        return answers
    if not {"yes", "no"} <= set(own):
        return own
    return {code: [*phrases, *answers.get(code, [])] for code, phrases in own.items()}


@cache
def _data() -> Mapping[str, Any]:
    data: Mapping[str, Any] = load_yaml(LEXICON)
    return data


@cache
def _small_words() -> frozenset[str]:
    return frozenset(_data()["small_words"])


@cache
def fold(text: str) -> tuple[str, ...]:
    """Give the words of a label for matching: no case, accents, signs or small words.

    Text that was read in the wrong encoding ("expansiÃ³n") is put right first where that is
    possible without loss.
    """
    with suppress(UnicodeError):  # the usual case: the text was read rightly
        text = text.encode("latin-1").decode("utf-8")
    words = re.findall(WORDS, _plain(text))
    kept = tuple(word for word in words if word not in _small_words())
    return kept or tuple(words)


# Lao as it is typed in several ways: AM in two signs, and h before n, m and l.
_TYPED = {
    "\u0ecd\u0eb2": "\u0eb3",
    "\u0eab\u0e99": "\u0edc",
    "\u0eab\u0ea1": "\u0edd",
    "\u0eab\u0ea5": "\u0eab\u0ebc",
}


@cache
def _plain(text: str) -> str:
    """Give a text without case and accents, Lao in one spelling; Vietnamese d with a stroke is a d."""
    folded = ACCENTS.sub("", unicodedata.normalize("NFD", text.casefold())).replace("đ", "d")
    for typed, meant in _TYPED.items():
        folded = folded.replace(typed, meant)
    return unicodedata.normalize("NFC", folded)


def find(phrase: str, words: tuple[str, ...]) -> float:
    """Say which share of the words a phrase covers; 0 where it does not occur.

    Args:
        phrase: words in a row, ``*`` for the rest of a word, ``^`` for the label's beginning.
        words: as ``fold`` gives them.
    """
    low, high = _span(phrase, words)
    if LAO.search(phrase):
        return (high - low) / max(sum(map(len, words)), 1)
    return len(_parsed(phrase)[1]) / len(words) if high > low else 0.0


def _span(phrase: str, words: tuple[str, ...]) -> tuple[int, int]:
    """Give where a phrase begins and ends, in letters of the words set together; (0, 0) if not."""
    starts, stems = _parsed(phrase)
    if LAO.search(phrase):
        text, wanted = "".join(words), "".join(_plain(stem.rstrip("*")) for stem in stems)
        place = text.find(wanted)
        return (place, place + len(wanted)) if place == 0 or (place > 0 and not starts) else (0, 0)
    for first in range(1 if starts else len(words) - len(stems) + 1):
        run = words[first : first + len(stems)]
        if len(run) == len(stems) and all(map(_fits, run, stems)):
            low = sum(map(len, words[:first]))
            return low, low + sum(map(len, run))
    return 0, 0


def _fits(word: str, stem: str) -> bool:
    return word.startswith(stem[:-1]) if stem.endswith("*") else word == stem


@cache
def _parsed(phrase: str) -> tuple[bool, tuple[str, ...]]:
    stems = phrase.removeprefix("^").split()
    kept = tuple(stem for stem in stems if stem not in _small_words())
    return phrase.startswith("^"), kept or tuple(stems)


def best(phrases: Sequence[str], text: str) -> tuple[float, str]:
    """Give the phrase that covers most of a text, with the share covered; (0, "") for none."""
    words = fold(text)
    return max(((find(phrase, words), phrase) for phrase in phrases), default=(0.0, ""))


def recognise(column: str, label: str) -> str:
    """Give the canonical code that a value label means, "" where the lexicon cannot tell.

    A phrase within a longer one does not count ("no" in "no sabe"), nor does the shorter of two that
    stand for the same words ("employe*" and "employer*"). Where phrases of two codes stand beside
    each other, or one that is listed as ``unclear`` remains, nothing is decided.
    """
    entry, words = lexicon().get(column), fold(label)
    if entry is None:
        return ""
    found = [
        (code, span, len(phrase.replace("^", "").rstrip("*")))
        for code, phrases in entry.codes.items()
        for phrase in phrases
        if (span := _span(phrase, words)) != (0, 0)
    ]
    # "no" in "no sabe" is no answer, also where the column has no code of its own for it.
    unknown = [_span(phrase, words) for phrase in _data()["sentinels"]]
    spans = [(span, size) for _, span, size in found]
    left = {
        code
        for code, span, size in found
        if not any(_within(span, other) for other in unknown)
        and not any(
            _within(span, other) or (span == other and size < more) for other, more in spans
        )
    }
    return left.pop() if len(left) == 1 and left != {"unclear"} else ""


def _within(span: tuple[int, int], other: tuple[int, int]) -> bool:
    return span != other and other[0] <= span[0] and span[1] <= other[1]


def means_no_number(label: str) -> bool:
    """Say whether a value label among numbers names a sentinel, such as "ignorado"."""
    return best(_data()["sentinels"], label)[0] > 0


def says_nothing(code: str, label: str) -> bool:
    """Say whether a code stands for no answer by its label: nearly all of it, or a part under a code such as -1 or 99."""
    share = best(_data()["sentinels"], label)[0]
    usual = re.fullmatch(r"-\d+(?:\.0)?|(?:7|8|9)+(?:\.0)?", code.strip()) is not None
    return share >= WHOLE_LABEL or (usual and share > 0)


def bracket(label: str) -> list[int | None] | None:
    """Read a band of sizes from its label: "10 to 19", "5-9", "100 or more", "less than 5".

    Returns:
        Lower and upper end, None for an open upper end; None where the label is no band.
    """
    label = re.sub(r"(?<=\d)[.,\s](?=\d{3})", "", _plain(label))
    numbers = [(one.start(), int(one[0])) for one in re.finditer(r"\d+", label)]
    match numbers:
        case [(_, low), (at, high)] if low < high:
            below = _stands("fewer", label[:at])
            return [low, high - 1 if below else high]
        case [(at, only)]:
            return _open(label[:at], only, label[at:])
        case []:
            return [1, 1] if _stands("alone", label) else None
        case _:
            return None


def _open(before: str, number: int, after: str) -> list[int | None]:
    """Give a band of one number: a word before it leaves the number out, one after it lets it in.

    "More than 5" begins at 6 and "5 or more" at 5; "less than 5" ends at 4, "up to 5" and "5 or
    less" at 5.
    """
    if _stands("up_to", before):
        return [1, number]
    if _stands("at_least", before) or _stands("more", after) or "+" in after:
        return [number, None]
    if _stands("more", before):
        return [number + 1, None]
    if _stands("fewer", before):
        return [1, number - 1]
    return [1 if _stands("fewer", after) else number, number]


def _stands(kind: str, text: str) -> bool:
    """Tell whether one of the lexicon's words for an end of a band stands in a text."""
    words = f" {' '.join(re.findall(WORDS, text))} "
    joined = words.replace(" ", "")
    return any(
        f" {phrase} " in words if not LAO.search(phrase) else phrase in joined
        for phrase in map(_plain, _data()["bands"][kind])
    )
