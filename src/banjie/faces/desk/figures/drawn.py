"""The charts of the figures, drawn on the server, each with its table."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from banjie.duties.statistics.counting import months
from banjie.duties.statistics.values import Table
from banjie.web import charts
from banjie.web.charts import Chart

RATES = ("on_time", "early", "one_visit")
TOTALS = ("received", "finished")
MOST_MONTHS = 12
"""As many names as fit under a chart."""


def rates(table: Table, names: Sequence[str]) -> Chart | None:
    """Some shares month by month; None where there are fewer than two months with cases."""
    by_code = [table.counted.by_month(code) for code in RATES]
    rows = [
        (_month(year, month), *shares)
        for year, month in months(table.asked.since, table.asked.until)[-MOST_MONTHS:]
        if None not in (shares := [found[year, month].share if (year, month) in found else None for found in by_code])
    ]
    if len(rows) < 2:
        return None
    summary = _("Of the cases finished in each month, in per cent. Months without a finished case are left out.")
    return charts.trend("rates-by-month", _("Rates by month"), summary, (_("Month"), *names), rows)  # type: ignore[arg-type]


def totals(table: Table, names: Sequence[str]) -> Chart | None:
    """What came and what was finished month by month; None where there are fewer than two months."""
    by_code = [table.counted.by_month(code) for code in TOTALS]
    rows: list[charts.Row] = []
    for month in months(table.asked.since, table.asked.until)[-MOST_MONTHS:]:
        numbers = [float(found[month].counted) if month in found else 0.0 for found in by_code]
        rows.append((_month(*month), *numbers))
    if len(rows) < 2 or not any(any(row[1:]) for row in rows):
        return None
    summary = _("Applications received and cases finished in each month.")
    return charts.trend("totals-by-month", _("Received and finished by month"), summary, (_("Month"), *names), rows)


def of_figure(table: Table, code: str, name: str) -> Chart | None:
    """One figure month by month."""
    found = table.counted.by_month(code)
    rows = [
        (_month(year, month), number)
        for (year, month), each in list(found.items())[-MOST_MONTHS:]
        if (number := each.share if each.among is not None else float(each.counted)) is not None
    ]
    if len(rows) < 2:
        return None
    return charts.trend(f"{code}-by-month", name, _("Month by month."), (_("Month"), name), rows)


def compression(rates: Sequence[tuple[str, float]]) -> Chart | None:
    """How much shorter the limits are, by category; None without a baseline."""
    if not rates:
        return None
    summary = _("Promised now against before the reform, in per cent; the baselines are frozen.")
    title = _("Compression of limits by category")
    return charts.bars("compression-by-category", title, summary, (_("Category"), _("Per cent")), list(rates))


def _month(year: int, month: int) -> str:
    return f"{year % 100:02}-{month:02}"
