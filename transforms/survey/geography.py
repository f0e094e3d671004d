"""Provinces and districts as files write them, brought to the statistics bureau's codes.

Nothing is guessed: a name that fits two areas, or none, or an area that did not stand at the
file's date is refused. The lists are in data_contracts/codes.
"""

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import cache
from typing import Final, NoReturn

import polars as pl

from data_contracts.areas import Area, districts, provinces
from data_contracts.errors import InputError
from transforms.read.lao import digits, fold
from transforms.survey.codes import code_text

_LIST: Final = "data_contracts/codes/lao_area_names.csv"
_JOINTS: Final = re.compile(r"[\s().,;:'\u2018\u2019`_/\\\u2013\u2014-]+")
_PROVINCE_WORDS: Final = re.compile(
    r"^(province\s+of\s+|province\s+|prov\.?\s+|ແຂວງ)|(\s+province|\s+prov\.?)$"
)
_DISTRICT_WORDS: Final = re.compile(
    r"^(district\s+of\s+|district\s+|muang\s+|mueang\s+|ເມືອງ|ນະຄອນ)|(\s+district|\s+dist\.?)$"
)
Areas = Mapping[str, Area]


def province_code(
    values: pl.Series,
    *,
    date: str | None,
    file: str,
    column: str,
    rows: pl.Series | None = None,
) -> pl.Series:
    """Give the two-digit code of each province, from codes or names in English or Lao.

    Args:
        values: codes ("1", "01", 1.0, "LA-VT", "LA01"), names or aliases, with or without
            "Province"; a blank stays null.
        date: the day, month or year that the file speaks of; None is today. It decides between
            LA-XN (1994 to 2006, code ``XN``) and LA-XS (since 2013, code ``18``).
        file: the file's name, for messages.
        column: the column's name, for messages.
        rows: the file's row numbers when ``values`` are not rows 1, 2, 3 and so on.

    Raises:
        InputError: unknown text, a name that fits two provinces ("Vientiane"), or a province
            that did not stand at ``date``. Messages never hold the delivered text.
    """
    text = code_text(values)
    found = {one: _find(one, _province_index(date), _PROVINCE_WORDS, 2) for one in _distinct(text)}
    refuse = _Refusals(text, date, file, column, rows)
    return refuse.settle(found, provinces(), "province").alias(values.name)


def district_code(
    values: pl.Series,
    *,
    province: pl.Series,
    date: str | None,
    file: str,
    column: str,
    rows: pl.Series | None = None,
) -> pl.Series:
    """Give the four-digit code of each district; its first two digits are its province's code.

    Args:
        values: codes or names as for ``province_code``; names that two provinces share are told
            apart by ``province``.
        province: the province's code of each row, as ``province_code`` gives it; may be null.
        date: as for ``province_code``.
        file: the file's name, for messages.
        column: the column's name, for messages.
        rows: the file's row numbers when ``values`` are not rows 1, 2, 3 and so on.

    Raises:
        InputError: as for ``province_code``, and when a district lies in another province than
            its row says.
    """
    text = code_text(values)
    # One key a pair, so that a name shared by two provinces may mean a district in each.
    paired = pl.select(
        pl.when(text.is_not_null()).then(text + "\t" + province.fill_null(""))
    ).to_series()
    found: dict[str, frozenset[str]] = {}
    elsewhere: set[str] = set()
    for pair in _distinct(paired):
        name, inside = pair.rsplit("\t", 1)
        anywhere = _find(name, _district_index(date), _DISTRICT_WORDS, 4)
        found[pair] = frozenset(code for code in anywhere if code.startswith(inside))
        if anywhere and not found[pair]:
            elsewhere.add(pair)
    refuse = _Refusals(paired, date, file, column, rows)
    if elsewhere:
        refuse.stop(
            elsewhere,
            "the district lies in another province than the row says",
            "find out which of the two columns is right",
        )
    return refuse.settle(found, districts(), "district").alias(values.name)


def _distinct(text: pl.Series) -> list[str]:
    return text.drop_nulls().unique().sort().to_list()


def _key(text: str) -> str:
    """Bring a name to what is compared: folded, without spaces, hyphens and brackets."""
    return _JOINTS.sub("", fold(text))


def _index(areas: Areas, date: str | None) -> Mapping[str, frozenset[str]]:
    index: dict[str, set[str]] = {}
    for code, area in areas.items():
        for name in area.called(date):
            index.setdefault(_key(name), set()).add(code)
    return {key: frozenset(codes) for key, codes in index.items()}


@cache
def _province_index(date: str | None) -> Mapping[str, frozenset[str]]:
    return _index(provinces(), date)


@cache
def _district_index(date: str | None) -> Mapping[str, frozenset[str]]:
    return _index(districts(), date)


def _find(
    text: str, index: Mapping[str, frozenset[str]], words: re.Pattern[str], width: int
) -> frozenset[str]:
    """Give every area that a text names: as it stands, else without the word for its kind."""
    number = digits(text).strip()
    if re.fullmatch(r"\d{1,4}", number):
        return index.get(number.zfill(width), frozenset())
    name = fold(text)
    for key in (_key(name), _key(words.sub("", name, count=1)), _key(words.sub("", name))):
        if key in index:
            return index[key]
    return frozenset()


class _Refusals:
    """One column on its way to codes, and the sentences with which it may be refused."""

    def __init__(
        self, text: pl.Series, date: str | None, file: str, column: str, rows: pl.Series | None
    ) -> None:
        self.text, self.date, self.file, self.column = text, date, file, column
        self.rows = rows if rows is not None else pl.int_range(1, len(text) + 1, eager=True)

    def settle(self, found: Mapping[str, frozenset[str]], areas: Areas, kind: str) -> pl.Series:
        """Map every text to its one area that stood at the date, or refuse."""
        standing = {
            text: frozenset(code for code in codes if areas[code].valid_at(self.date))
            for text, codes in found.items()
        }
        self._unknown({text for text, codes in found.items() if not codes}, areas, kind)
        self._early_or_late({t for t, codes in standing.items() if not codes}, found, areas)
        self._ambiguous({t: codes for t, codes in standing.items() if len(codes) > 1}, areas)
        chosen = {text: next(iter(codes)) for text, codes in standing.items()}
        return self.text.replace_strict(chosen, default=None, return_dtype=pl.String)

    def stop(self, texts: Iterable[str], rule: str, remedy: str) -> NoReturn:
        """Refuse the column for these texts, naming the first row and how many there are."""
        bad = self.rows.filter(self.text.is_in(list(texts)).fill_null(value=False))
        raise InputError(
            rule, remedy, file=self.file, column=self.column, row=int(bad[0]), rows=len(bad)
        ) from None

    def _unknown(self, texts: set[str], areas: Areas, kind: str) -> None:
        if not texts:
            return
        near = _nearest(texts, areas)
        hint = f" (nearest official names: {', '.join(near)})" if near else ""
        self.stop(
            texts,
            f"{len(texts)} different texts are no {kind} of the code list",
            f"correct them{hint}, or add what they mean to {_LIST}",
        )

    def _early_or_late(
        self, texts: set[str], found: Mapping[str, frozenset[str]], areas: Areas
    ) -> None:
        if not texts:
            return
        area = areas[min(found[min(texts)])]
        years = (
            f"stood from {area.valid_from} to {area.valid_to}"
            if area.valid_to
            else f"stands since {area.valid_from}"
        )
        keys = {_key(name) for name in area.names}
        meant = [
            other.title
            for other in areas.values()
            if other.valid_at(self.date) and keys & {_key(name) for name in other.names}
        ]
        self.stop(
            texts,
            f"{area.title} {years}, which is not the time of this file ({self.date or 'today'})",
            f"is {meant[0]} meant? Correct the file or its date"
            if meant
            else "give the area it belonged to then, or correct the date of the file",
        )

    def _ambiguous(self, texts: Mapping[str, frozenset[str]], areas: Areas) -> None:
        if not texts:
            return
        wanted = sorted(texts[min(texts)])
        names = " and ".join(areas[code].title for code in wanted)
        self.stop(
            texts,
            f"a name is ambiguous: alone it may stand for {names}",
            "write the code, or the whole name",
        )


def _nearest(texts: Iterable[str], areas: Areas) -> list[str]:
    """Give up to three official names that look like the texts; a hint to a person, no mapping."""
    official = {_key(name): area.name_en for area in areas.values() for name in area.names}
    near = (
        get_close_matches(_key(text.split("\t")[0]), list(official), n=1) for text in sorted(texts)
    )
    return list(dict.fromkeys(official[key] for keys in near for key in keys))[:3]
