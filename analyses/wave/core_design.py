"""The sampling design as the core tables hold it; a wave's own rules come from its profile and settings."""

from analyses.engine.design import Design, DfMethod, Lonely


def core_design(
    *, lonely: Lonely = "fail", df_method: DfMethod = "design", joined: int = 0
) -> Design:
    """Give the design of ``core.person``: strata are joined there already, weights are millionths.

    Args:
        lonely: what a stratum with one PSU adds to the variance.
        df_method: whose PSUs less strata are the degrees of freedom, ``design`` or ``domain``.
        joined: number of strata that the profile's map has joined with others.
    """
    return Design(
        weight="weight_micro",
        strata="strata",
        psu="psu",
        weight_scale=1e-6,
        lonely=lonely,
        df_method=df_method,
        joined=joined,
    )
