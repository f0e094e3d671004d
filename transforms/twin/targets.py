"""The published 2017 figures and design numbers that the twin is built to; nothing is drawn here.

Sources: ``data_contracts/codes/published_margins.csv`` (labour-force figures and the 2015
census), the 2015 census order of provinces, and the house design of the Lao Statistics Bureau
(province by urban, rural with road, rural without road; villages, then 20 households).
"""

from typing import Final

PERSONS: Final = 6_900_000
# Prints 4.8 m; the one choice inside the rounding interval for which the labour force prints
# 1.9 m and the employed print 1.8 m as published.
WORKING_AGE: Final = 4_770_000
PARTICIPATION: Final = 0.408
# Shares of the labour force, solved from the published unemployment rates (total 9.4) so that
# all of them and the female share of employment (46.56 %) hold together.
FEMALE_OF_LABOUR_FORCE: Final = 0.45767
UNEMPLOYED_BY_SEX: Final = (0.107, 0.078)
UNEMPLOYED_BY_AREA: Final = (0.053, 0.124)
UNEMPLOYED_BY_AGE: Final = (0.182, 0.074)
UNEMPLOYED: Final = UNEMPLOYED_BY_SEX[0] * (1 - FEMALE_OF_LABOUR_FORCE) + (
    UNEMPLOYED_BY_SEX[1] * FEMALE_OF_LABOUR_FORCE
)
URBAN_OF_LABOUR_FORCE: Final = (UNEMPLOYED_BY_AREA[1] - UNEMPLOYED) / (
    UNEMPLOYED_BY_AREA[1] - UNEMPLOYED_BY_AREA[0]
)
YOUTH_OF_LABOUR_FORCE: Final = (UNEMPLOYED - UNEMPLOYED_BY_AGE[1]) / (
    UNEMPLOYED_BY_AGE[0] - UNEMPLOYED_BY_AGE[1]
)
NEET: Final = 0.1611
AGRICULTURE: Final = 0.3133
# Informal employment rate: [outside agriculture, agriculture] x [men, women].
INFORMAL: Final = ((0.7198307, 0.7962646), (0.9867229, 0.9948456))
INFORMAL_BOTH: Final = (0.7549563, 0.9906134)
FEMALE_BY_SECTOR: Final = tuple(
    (both - men) / (women - men) for (men, women), both in zip(INFORMAL, INFORMAL_BOTH, strict=True)
)
# LFS 2010 under the 13th ICLS: own-use producers count as employed.
EMPLOYED_2010: Final = 0.777
UNEMPLOYED_2010: Final = 0.0071
# Mean hourly earnings of employees (kip): agriculture, industry, services.
HOURLY: Final = (8_677.0, 16_713.0, 18_194.0)

# Insured members (LSSO, vintage about 2022/23: no count of 2017 is published). The split of the
# 327,169 mandatory members into public and enterprise is not published: an assumption.
MEMBERS: Final = {"public": 180_000, "enterprise": 147_169, "voluntary": 26_793}
DORMANT: Final = 0.08

VILLAGES: Final = 8_500
HOUSEHOLD_SIZE: Final = 5.0
VILLAGES_DRAWN: Final = 10  # a stratum, at scale 1
HOUSEHOLDS_DRAWN: Final = 20  # a village

# Census of 1 March 2015, provinces 01 to 18.
CENSUS_2015: Final = (
    *(820_940, 177_989, 175_753, 307_622, 179_243, 431_889, 289_393, 381_376, 244_684),
    *(419_090, 273_691, 392_052, 969_697, 396_942, 113_048, 694_023, 139_628, 85_168),
)
# Share urban and share rural without road: national 33 % and 8 % as in the census; the capital's
# 77 % urban is sourced, the other provinces are assumptions around the national figure.
URBAN: Final = (
    *(0.77, 0.20, 0.28, 0.25, 0.33, 0.33, 0.15, 0.25, 0.30),
    *(0.30, 0.35, 0.25, 0.25, 0.15, 0.30, 0.28, 0.30, 0.25),
)
NO_ROAD: Final = (
    *(0.01, 0.20, 0.12, 0.15, 0.10, 0.12, 0.18, 0.06, 0.10),
    *(0.05, 0.08, 0.10, 0.10, 0.10, 0.15, 0.06, 0.12, 0.12),
)
