"""The brief's main table: a rate and a number of persons by group; captions: words_tables.py."""

from reports.brief import words_tables
from reports.brief.context import BriefContext
from reports.labels import code_labels
from reports.model import MainTable, TableRow
from reports.pub_tables import withhold
from reports.wording import marks, numbers, terms

GROUPS = (
    "total",
    "sex",
    "age_aggregate",
    "area_type",
    "status_icse93",
    "economic_sector",
    "education_aggregate",
)


def main_table(context: BriefContext) -> MainTable:
    """Give a row a group; where a rate is withheld, so are the persons that would reveal it."""
    rows: list[TableRow] = []
    pair = (context.rate, context.persons)
    for breakdown in GROUPS:
        codes = [
            code
            for code in context.published.category_order(pair, breakdown)
            if code != "AGE_AGGREGATE_YLT15"  # below working age: nothing is measured
        ]
        for place, code in enumerate(codes):
            rate = context.published.cell(context.rate, breakdown, code)
            persons = context.published.cell(context.persons, breakdown, code)
            if rate.withheld and persons.published:
                persons = withhold(persons)
            rows.append(
                TableRow(
                    group=terms.breakdown_label(breakdown),
                    span=len(codes) if place == 0 else 0,
                    label=code_labels().get(code, code),
                    rate=rate,
                    persons=persons,
                    rate_text=numbers.mark(rate),
                    rate_interval=numbers.interval(rate),
                    persons_text=numbers.mark(persons),
                    persons_interval=numbers.interval(persons),
                    n_text=numbers.number(rate, "n") if rate.n is not None else "",
                    flag_text=marks.FLAGS.get(rate.status, rate.status),
                )
            )
    return MainTable(
        caption=words_tables.table_caption(context.rate, context.country, context.when),
        headings=words_tables.table_headings(
            context.rate, context.persons, numbers.level(context.headline)
        ),
        rows=tuple(rows),
        note=context.rules,
    )
