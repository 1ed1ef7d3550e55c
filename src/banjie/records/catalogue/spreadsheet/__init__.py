"""Procedures as one Excel workbook, out and in: a sheet for each kind of element, nothing half-imported.

`shape` derives sheets and columns from the engine's own types, so a field added there has its column at once; `cells`
turns values into cells and back, `export` writes, `opening` opens what somebody uploads within bounds, `reading`
reports every bad row of every sheet at once.
"""

from banjie.records.catalogue.spreadsheet.export import export
from banjie.records.catalogue.spreadsheet.opening import LARGEST_FILE, MOST_ROWS
from banjie.records.catalogue.spreadsheet.reading import Import, Problem, read

__all__ = ["LARGEST_FILE", "MOST_ROWS", "Import", "Problem", "export", "read"]
