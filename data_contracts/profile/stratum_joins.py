"""A collapse map: which stratum is joined with which other, checked; no rows pass through here."""

from collections.abc import Collection, Mapping

from data_contracts.errors import InputError


def resolve(collapse: Mapping[str, str], strata: Collection[str]) -> dict[str, str]:
    """Follow a map to its ends: a stratum that is joined with a joined one goes where that goes.

    Args:
        collapse: stratum to the stratum that it is joined with; labels as text.
        strata: the labels that the file has.

    Returns:
        Each joined stratum and the one whose label it takes.

    Raises:
        InputError: a stratum is not in the file, or the map leads in a circle.
    """
    known = set(strata)
    unknown = sorted((set(collapse) | set(collapse.values())) - known)
    if unknown:
        raise InputError(
            f"the collapse map names strata that the file has not: {', '.join(unknown[:10])}",
            "write the labels as the file has them (several columns are joined by -)",
        )
    ends = {}
    for first in sorted(collapse):
        seen, at = {first}, collapse[first]
        while at in collapse and at not in seen:
            seen.add(at)
            at = collapse[at]
        if at in seen:
            raise InputError(
                f"the collapse map leads in a circle at stratum {first}",
                "join each stratum with one that stays",
            )
        ends[first] = at
    return ends
