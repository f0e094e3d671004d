"""A folder of the register's three files, of three members who paid every month of 2016 and 2017."""

import polars as pl

NUMBERS = ("0000000001", "0000000002", "0000000003")


def register_folder(folder, *, payments=(), births=None):
    """Write the three files.

    Args:
        folder: is made.
        payments: further rows (member, month, day of payment), after the 72 usual ones.
        births: days of birth by number, beside 1980-05-01.
    """
    folder.mkdir()
    members = [
        {
            "member_id": number, "name": f"Nobody {place}", "scheme": "enterprise",
            "status": "active", "sex": "F", "birth_date": (births or {}).get(number, f"198{place}-05-01"),
            "province_code": f"0{place + 1}", "registration_date": "2010-03-01", "exit_date": "",
            "employer_id": "E000001", "declared_income": "2000000", "n_dependants": "0",
            "nationality": "Lao", "category": "Employee", "residence_province": f"0{place + 1}",
        }
        for place, number in enumerate(NUMBERS)
    ]  # fmt: skip
    usual = [
        (number, f"{year}-{month:02d}", f"{year}-{month:02d}-28")
        for year in (2016, 2017)
        for month in range(1, 13)
        for number in NUMBERS
    ]
    paid = [
        {
            "member_id": number, "period": period, "scheme": "enterprise",
            "contribution_base": "2000000", "contribution_amount": "230000", "paid_date": day,
        }
        for number, period, day in (*usual, *payments)
    ]  # fmt: skip
    employers = [
        {"employer_id": "E000001", "employer_name": "Nowhere", "province_code": "01", "isic": "14",
         "size": "3", "registered_date": "2005-01-01"}
    ]  # fmt: skip
    for name, rows in (("members", members), ("contributions", paid), ("employers", employers)):
        pl.DataFrame(rows).write_csv(folder / f"{name}.csv")
    return folder
