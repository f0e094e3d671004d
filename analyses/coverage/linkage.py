"""Two lists of persons linked on keyed hashes by splink, an optional extra; estimates are in dual_system.py.

Only where a person has switched linkage on: everything else works on aggregates.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np
import polars as pl

from analyses.coverage.dual_system import DualSystem, LinkageErrors, dual_system
from data_contracts.errors import InputError

COLUMNS = ("name_key", "birth_key", "phone_key", "sex", "birth_year", "admin1_code")
BLOCKS = (("name_key",), ("birth_key",), ("phone_key",))
THRESHOLD = 0.5
_ID = "row"


@dataclass(frozen=True)
class Linked:
    """Links between two lists.

    Args:
        links: ``left`` and ``right`` (row numbers from 0), ``probability``; each row in one link.
        errors: share found and share falsely linked, as the model expects them.
        first: persons on the first list.
        second: persons on the second list.
    """

    links: pl.DataFrame
    errors: LinkageErrors
    first: int
    second: int

    def population(self, *, chapman: bool = True, level: float = 0.95) -> DualSystem:
        """Estimate the persons of the population that both lists come from, errors carried on."""
        return dual_system(
            self.first, self.second, self.links.height, self.errors, chapman=chapman, level=level
        )


def link(
    first: pl.DataFrame,
    second: pl.DataFrame,
    *,
    columns: Sequence[str] = COLUMNS,
    blocks: Sequence[Sequence[str]] = BLOCKS,
    threshold: float = THRESHOLD,
    seed: int = 20171231,
) -> Linked:
    """Link two lists by the model of Fellegi and Sunter (1969), fitted without labels.

    Hashes can agree or not and nothing in between, so every column is compared exactly; splink
    estimates how often it agrees by chance (u, from random pairs) and among matches (m, by EM within
    blocks). A pair is a link when its probability reaches the threshold and neither person has a
    likelier partner.

    With q the probabilities of all pairs that share a block, expected false links are the sum of
    1-q over links, expected missed ones the sum of q over the most likely pair of each person
    that has no link. Of the matches a share prod over blocks (1 - P(agree and both told)) meets
    in no block, if the columns agree independently given a match; it counts as missed.

    Args:
        first: ``columns`` of one list, keyed hashes made with one key; one row a person.
        second: the other list.
        columns: what is compared; those null everywhere in a list are left out.
        blocks: columns that candidate pairs share, one alternative each.
        threshold: least probability of a link.
        seed: of the random pairs.

    Raises:
        InputError: the extra ``linkage`` is not installed, a column is absent, or no block is left.
    """
    splink = _splink()
    for frame, name in ((first, "first"), (second, "second")):
        for column in columns:
            if column not in frame.columns:
                raise InputError("the column is absent", "add it", file=name, column=column)
    used = [c for c in columns if not (first[c].is_null().all() or second[c].is_null().all())]
    usable = [tuple(block) for block in blocks if set(block) <= set(used)]
    if not usable or len(used) < 2:
        raise InputError(
            "the lists share no column on which candidates could be found",
            "deliver names, birth days or phone numbers in both",
        )
    lists = (first.select(used), second.select(used))
    pairs, agree = _pairs(splink, lists, used, usable, seed)
    unseen = 1.0
    for block in usable:
        told = [1 - frame[c].null_count() / frame.height for c in block for frame in lists]
        unseen *= 1 - float(np.prod([agree[c] for c in block])) * float(np.prod(told))
    return _choose(pairs, first.height, second.height, threshold, unseen)


def _splink() -> Any:
    try:
        return import_module("splink")
    except ImportError:
        raise InputError(
            "linkage is switched on, but the extra linkage is not installed",
            "install informality[linkage], or switch linkage off",
        ) from None


def _pairs(
    splink: Any,
    lists: tuple[pl.DataFrame, pl.DataFrame],
    used: list[str],
    blocks: list[tuple[str, ...]],
    seed: int,
) -> tuple[pl.DataFrame, dict[str, float]]:
    """Score every candidate pair in an in-memory engine that never spills to a disk.

    Returns:
        ``left``, ``right``, ``probability``, likeliest first; and how often each column agrees
        among matches.
    """
    comparisons = import_module("splink.comparison_library")
    engine = import_module("splink.backends.duckdb").DuckDBAPI(":memory:")
    engine.duckdb_con.execute(
        "SET temp_directory=''; SET threads=1"
    )  # one thread: same bytes twice
    quiet, was = logging.getLogger("splink"), logging.getLogger("splink").level
    quiet.setLevel(logging.ERROR)
    try:
        tables = [
            engine.register(frame.with_row_index(_ID).to_arrow(), dataset_display_name=name)
            for frame, name in zip(lists, ("a_first", "b_second"), strict=True)
        ]
        settings = splink.SettingsCreator(
            link_type="link_only",
            unique_id_column_name=_ID,
            comparisons=[comparisons.ExactMatch(column) for column in used],
            blocking_rules_to_generate_predictions=[splink.block_on(*block) for block in blocks],
            retain_matching_columns=False,
        )
        linker = splink.Linker(tables, settings, log_level=logging.ERROR)
        train = linker.training
        train.estimate_u_using_random_sampling(max_pairs=1e6, seed=seed)
        for block in blocks:
            train.estimate_parameters_using_expectation_maximisation(
                splink.block_on(*block), record_sample_proportion=1.0
            )
        model = linker.misc.save_model_to_json()
        scored = pl.from_arrow(linker.inference.predict().as_pyarrow_table())
    finally:
        quiet.setLevel(was)
        engine.duckdb_con.close()
    if not isinstance(scored, pl.DataFrame):  # pragma: no cover - a table always is one
        raise TypeError
    agree = {
        comparison["output_column_name"]: float(comparison["comparison_levels"][1]["m_probability"])
        for comparison in model["comparisons"]
    }
    pairs = scored.select(
        pl.col(f"{_ID}_l").cast(pl.Int64).alias("left"),
        pl.col(f"{_ID}_r").cast(pl.Int64).alias("right"),
        pl.col("match_probability").cast(pl.Float64).alias("probability"),
    ).sort("probability", "left", "right", descending=[True, False, False])
    return pairs, agree


def _choose(
    pairs: pl.DataFrame, first: int, second: int, threshold: float, unseen: float
) -> Linked:
    """Take the likeliest pairs, each row once, and count what they are expected to get wrong.

    Args:
        pairs: as ``_pairs`` gives them.
        first: persons on the first list.
        second: persons on the second list.
        threshold: least probability of a link.
        unseen: share of the matches that meet in no block.
    """
    taken: tuple[set[int], set[int]] = (set(), set())
    kept, missed, missed_variance = [], 0.0, 0.0
    for left, right, q in pairs.iter_rows():
        if left in taken[0] or right in taken[1]:
            continue
        taken[0].add(left)
        taken[1].add(right)
        if q >= threshold:
            kept.append((left, right, q))
        else:
            missed, missed_variance = missed + q, missed_variance + q * (1 - q)
    schema = {"left": pl.Int64, "right": pl.Int64, "probability": pl.Float64}
    links = pl.DataFrame(kept, schema=schema, orient="row")
    q = links["probability"].to_numpy()
    wrong, wrong_variance = float(np.sum(1 - q)), float(np.sum(q * (1 - q)))
    right = len(q) - wrong
    beyond = (right + missed) * unseen / (1 - unseen) if unseen < 1 else 0.0
    matches = max(right + missed + beyond, 1.0)
    others = max(second - matches, 1.0)
    errors = LinkageErrors(
        found=min(right / matches, 1.0),
        false=min(wrong / others, 1.0),
        found_se=float(np.sqrt(missed_variance + wrong_variance + beyond)) / matches,
        false_se=float(np.sqrt(wrong_variance)) / others,
    )
    return Linked(links, errors, first, second)
