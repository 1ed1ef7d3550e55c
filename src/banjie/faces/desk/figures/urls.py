"""Addresses of the figures, below the desk's."""

from datetime import date

from django.urls import path, register_converter

from banjie.faces.desk.figures import pages


class Day:
    """A civil day as it is written: 2026-03-02."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> date:
        """ValueError for a day there is not: then the address is none."""
        return date.fromisoformat(value)

    def to_url(self, value: date | str) -> str:
        """As it is written."""
        return str(value)


register_converter(Day, "day")

urlpatterns = [
    path("", pages.figures, name="figures"),
    path("limits/", pages.limits, name="ceilings"),
    path("late/", pages.late, name="late_cases"),
    path("due/<day:on>/", pages.falling_due, name="falling_due"),
    path("<str:figure_code>/", pages.figure, name="figure"),
    path("<str:figure_code>/cases/<str:part>/", pages.cases, name="figure_cases"),
    path("<str:figure_code>/file.csv", pages.file, name="figure_file"),
]
