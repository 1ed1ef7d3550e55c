"""A holiday notice from a form or a file: everything typed comes back with what is wrong, line by line."""

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from banjie import words
from banjie.faces.forms.asking import DayInput
from banjie.records.catalogue import notice_file
from banjie.records.catalogue.notice_file import BadNotice, Entry, Notice, Problem, Span

ROWS = 9
"""Rows for holidays: a notice names seven, and two stay for what a year brings."""

EXAMPLE = """\
year: 2026
status: official
document: "国办发明电〔2025〕7号"
published_on: 2025-11-04
holidays:
  - {name: 元旦, from: 2026-01-01, to: 2026-01-03}
workdays: [2026-01-04]
"""

SAYS: Mapping[str, str | Promise] = {
    "file_too_large": gettext_lazy("The file is larger than a notice can be. Choose the file of the notice alone."),
    "not_utf8": gettext_lazy("The file is not text in UTF-8. Save it as UTF-8 and send it again."),
    "cannot_be_read": gettext_lazy("From here on it cannot be read. Check brackets, colons and indentation."),
    "not_as_described": gettext_lazy("This is not written as a notice is. Compare it with the example below."),
    "nothing_in_it": gettext_lazy("There is no year in it. Choose the right file."),
    "year_twice": gettext_lazy("This year stands in it twice. Leave one out."),
    "year_needed": gettext_lazy("Say which year, or which region, this is about."),
    "no_such_year": gettext_lazy("This is not a year. Write four digits."),
    "no_such_status": gettext_lazy("Write official or provisional."),
    "document_needed": gettext_lazy("An official year needs the name and number of its notice."),
    "published_on_needed": gettext_lazy("An official year needs the day its notice was published, as 2026-11-04."),
    "no_holidays": gettext_lazy("An official year without a holiday cannot be right. Enter the holidays."),
    "no_such_day": gettext_lazy("There is no such day. Write it as 2027-02-06."),
    "outside_year": gettext_lazy("This day lies in another year. Load it with that year, among all its days."),
    "ends_before_it_begins": gettext_lazy("The holiday ends before it begins. Exchange the days."),
    "too_long_a_holiday": gettext_lazy("A holiday of more than two weeks is a slip of the hand. Check its days."),
    "name_needed": gettext_lazy("The holiday needs its name."),
    "day_twice": gettext_lazy("This day stands in it twice. Leave one out."),
    "works_on_a_holiday": gettext_lazy("The same day is a holiday and a working day. Decide which."),
    "works_anyway": gettext_lazy("This is a weekday, a working day anyway. A make-up day is a Saturday or Sunday."),
    "official_stays_official": gettext_lazy("This year is official already and cannot be provisional again."),
    "year_missing_between": gettext_lazy("This year is missing between the others. Load it too."),
    "overlay_of_a_region": gettext_lazy("A region's own days go into its own calendar, not into the national one."),
    "overlay_of_another": gettext_lazy("These are the days of another region. Load them into its calendar."),
}


@dataclass(frozen=True, slots=True)
class Wrong:
    """A line of what is wrong: where, what stands there, and what to do."""

    line: int
    value: str
    said: str


def said(problems: Sequence[Problem]) -> list[Wrong]:
    """Problems in words, in the order of their lines; the same of the same value on one line is said once."""
    wrong = (Wrong(each.line, each.value, str(SAYS[each.code])) for each in sorted(problems, key=lambda one: one.line))
    return list(dict.fromkeys(wrong))


class Loading(forms.Form):
    """A notice, row by row or as a file; `way` says which of the two was sent. A file comes back as text to mend."""

    way = forms.ChoiceField(choices=[("rows", "rows"), ("file", "file")], widget=forms.HiddenInput, initial="rows")

    def __init__(
        self, region: str, year: int, names: Sequence[str], is_own: bool, language: str,
        data: QueryDict | None = None, files: MultiValueDict[str, Any] | None = None,
    ) -> None:  # fmt: skip
        super().__init__(data, files, auto_id="f-load-%s")
        self.region, self.language = region, language
        self.use_required_attribute = False
        self.fields["command_id"] = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4())
        self.fields["reason"] = forms.CharField(
            label=_("Why it is loaded"), required=False, max_length=200,
            initial=_("The holiday notice of the year is out"),
        )  # fmt: skip
        if is_own:
            self.fields["what"] = forms.ChoiceField(
                label=_("What you enter"), initial="overlay", widget=forms.RadioSelect,
                choices=[("overlay", _("days the region adds to the national calendar")), ("year", _("a whole year"))],
            )  # fmt: skip
        self.fields["year"] = forms.CharField(label=_("Year"), required=False, max_length=4, initial=year)
        self.fields["status"] = forms.ChoiceField(
            label=_("Status"), initial="official",
            choices=[("official", _("official")), ("provisional", words.label("misc", "provisional", language))],
        )  # fmt: skip
        self.fields["document"] = forms.CharField(
            label=_("Name and number of the notice"), required=False, max_length=200
        )
        self.fields["published_on"] = forms.CharField(
            label=_("Published on"), required=False, max_length=10, widget=DayInput()
        )
        for number in range(ROWS):
            name = names[number] if number < len(names) else ""
            self.fields[f"name-{number}"] = forms.CharField(
                label=_("Holiday"), required=False, max_length=40, initial=name
            )
            for part, label in (("from", _("from")), ("to", _("to"))):
                self.fields[f"{part}-{number}"] = forms.CharField(
                    label=label, required=False, max_length=10, widget=DayInput()
                )
        self.fields["workdays"] = forms.CharField(
            label=_("Make-up working days"), required=False, max_length=400,
            help_text=_("One after the other: 2027-02-06 2027-02-20"),
            widget=forms.Textarea(attrs={"rows": 2}),
        )  # fmt: skip
        self.fields["file"] = forms.FileField(
            label=_("File of the notice (YAML, JSON or CSV)"), required=False,
            widget=forms.ClearableFileInput(attrs={"accept": ".yaml,.yml,.json,.csv"}),
        )  # fmt: skip
        self.fields["text"] = forms.CharField(
            label=_("Or its content"), required=False, max_length=notice_file.MOST_BYTES,
            widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false"}),
        )  # fmt: skip
        self.read_text = ""

    @property
    def head(self) -> list[Any]:
        """What stands above the holidays."""
        return [self[name] for name in ("what", "year", "status", "document", "published_on") if name in self.fields]

    @property
    def rows(self) -> list[tuple[int, Any, Any, Any]]:
        """The holidays, one a row: its number, name, first and last day."""
        return [
            (number + 1, self[f"name-{number}"], self[f"from-{number}"], self[f"to-{number}"]) for number in range(ROWS)
        ]

    @property
    def hidden_of_file(self) -> str:
        """The id of the command, for the other of the two forms."""
        return str(self["command_id"].value())

    def notice(self) -> Notice:
        """What was given. BadNotice; the lines of a form are the numbers of its rows."""
        given = self.cleaned_data
        if given["way"] == "file":
            return self._of_file()
        is_overlay = given.get("what") == "overlay"
        entry = Entry(
            0, "" if is_overlay else given["year"].strip(), self.region if is_overlay else "", given["status"],
            given["document"].strip(), given["published_on"],
        )  # fmt: skip
        if not is_overlay and not entry.year:
            raise BadNotice([Problem(0, "", "year_needed")])
        for number in range(ROWS):
            first, last = given[f"from-{number}"], given[f"to-{number}"]
            if first or last:
                entry.holidays.append(Span(number + 1, given[f"name-{number}"].strip(), "", first, last or first))
        entry.workdays = [(0, each) for each in re.split(r"[\s,;，、；]+", given["workdays"]) if each]
        return notice_file.checked([entry])

    def _of_file(self) -> Notice:
        file = self.cleaned_data["file"]
        if file is None:
            self.read_text = self.cleaned_data["text"]
            content, name = self.read_text.encode(), "yaml"
            if re.match(r"\s*(year|region|kind)\s*,", self.read_text):
                name = "text.csv"
            return notice_file.read(name, content)
        content = file.read(notice_file.MOST_BYTES + 1)
        self.read_text = content.decode("utf-8-sig", errors="replace")[: notice_file.MOST_BYTES]
        return notice_file.read(file.name or "", content)


class Reasoned(forms.Form):
    """A button with a reason beside it, and the id of its command."""

    def __init__(self, label: str, data: QueryDict | None = None, needed: bool = True) -> None:
        super().__init__(data, auto_id="f-reason-%s")
        self.use_required_attribute = False
        self.fields["command_id"] = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4())
        if needed:
            self.fields["reason"] = forms.CharField(label=label, max_length=200, required=False)


class Moving(Reasoned):
    """A change of rules for the cases that run: from which version to which, on what basis, for what reason."""

    def __init__(self, versions: Sequence[tuple[int, str]], language: str, data: QueryDict | None = None) -> None:
        super().__init__("", data)
        self.fields["reason"].label = _("Why the running cases are moved")
        choices = [(str(number), name) for number, name in versions]
        self.fields["before"] = forms.ChoiceField(
            label=_("Cases of version"), choices=choices, initial=choices[min(1, len(choices) - 1)][0]
        )
        self.fields["version"] = forms.ChoiceField(label=_("go on under version"), choices=choices)
        self.fields["basis"] = forms.CharField(
            label=_("Legal basis"), help_text=_("The rule that says so for cases that run already."), max_length=200,
            required=False,
        )  # fmt: skip
        for field in self.fields.values():
            field.error_messages["invalid_choice"] = words.problem("unknown_choice", language)
