"""A figure as a CSV file: first what it means, then its numbers; a spreadsheet opens it, and so does any program."""

import csv
import io
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from banjie.duties.statistics import compression
from banjie.duties.statistics.values import Table
from banjie.faces.desk.figures import shown
from banjie.faces.desk.figures.asking import Page

BOM = "\ufeff"
"""Without it spreadsheets take Chinese for something else."""


def of_figure(table: Table, code: str, page: Page, names: Mapping[str, str], language: str) -> str:
    """The text of the file."""
    value = table.value(code)
    told, asked = value.definition, page.asked
    out = io.StringIO()
    write = csv.writer(out).writerow
    write([_("Figure"), told.said("name", language), code])
    write([_("Numerator"), told.said("counted", language)])
    if told.among:
        write([_("Denominator"), told.said("among", language)])
    write([_("Left out"), told.said("left_out", language)])
    write([_("Period"), asked.since.isoformat(), asked.until.isoformat()])
    write([_("As of"), page.on.isoformat()])
    write([_("Of whom"), _("the whole region") if page.is_whole else _("the cases I may see")])
    if code == "compression":
        write([_("Seal of the baselines"), compression.seal()])
    write([])
    write([_("Group"), _("Value"), _("Numerator"), _("Denominator"), _("Left out")])
    write([_("All"), *_numbers(value)])
    for row in shown.grouped(table, code, "item", page, names, language):
        write([_plain(row.name), row.text, row.counted, row.among])
    if code == "compression":
        for line in table.compression.lines:
            write([_plain(line.baseline.name), line.rate, line.now.number, line.baseline.before.number, line.now.unit])
    return BOM + out.getvalue()


def _numbers(value: Any) -> list[Any]:
    return [
        "" if value.number is None else value.number,
        value.counted,
        "" if value.among is None else value.among,
        value.excluded,
    ]


def _plain(name: str) -> str:
    """A name that no spreadsheet takes for a formula."""
    return f"'{name}" if name[:1] in ("=", "+", "-", "@", "\t", "\r") else name
