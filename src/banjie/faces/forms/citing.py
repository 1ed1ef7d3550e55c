"""Points of the guide and findings as fields: what is wrong is ticked, never typed; words only explain it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField, BoundWidget
from django.utils.translation import gettext as _

from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.standard import checklist_of
from banjie.faces.forms.asking import Ask, Offered, SeveralOffered
from banjie.faces.forms.page import CasePage, CriterionShown

NOT_LOOKED_AT, MET, UNMET = "", "met", "unmet"
NOT_WEIGHED, NO_LINE = "", "-"


class Citing(Ask):
    """A form whose fields are points to tick, findings, and the few that stand around them."""

    @property
    def outcome_field(self) -> BoundField | None:
        """The choice of the outcome, where there is one."""
        return self["outcome"] if "outcome" in self.fields else None

    @property
    def points_field(self) -> BoundField | None:
        """The boxes, where there are any."""
        return self["points"] if "points" in self.fields else None

    @property
    def subjects(self) -> list["Subject"]:
        """The boxes, grouped by what they are about."""
        return subjects(self) if "points" in self.fields else []

    @property
    def judged(self) -> list["Judged"]:
        """The criteria with what was found."""
        return judged(self) if any(each.startswith("finding:") for each in self.fields) else []

    @property
    def weighed(self) -> list["Weighed"]:
        """The criteria with discretion, each with its lines."""
        return weighed(self)

    @property
    def rest(self) -> list[BoundField]:
        """The fields that stand around them."""
        apart = ("outcome", "points", "text:", "finding:", "found:", "line:", "why:")
        return [each for each in self.visible_fields() if not each.name.startswith(apart)]


@dataclass(frozen=True, slots=True)
class Subject:
    """A material, question or criterion with a box for each thing that can be wrong with it, and room to explain."""

    name: str
    boxes: tuple[BoundWidget, ...]
    explanation: BoundField

    @property
    def is_open(self) -> bool:
        """Whether something is ticked or written here."""
        return bool(self.explanation.value()) or any(each.data["selected"] for each in self.boxes)


def add_points(form: Ask, points: Sequence[tuple[str, str, str]], label: str, help: str = "") -> None:
    """Add a box for each point (kind, id, defect) and, for each subject, a field to explain."""
    groups: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for kind, name, defect in points:
        value = f"{kind}:{name}:{defect}"
        groups.setdefault((kind, name), []).append((value, form.page.label("defects", defect)))
    choices = [choice for group in groups.values() for choice in group]
    form.fields["points"] = SeveralOffered(
        label=label, help_text=help, choices=choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    for kind, name in groups:
        field = form.line(_("Explanation (it only explains what is ticked)"), required=False)
        form.fields[f"text:{kind}:{name}"] = field


def subjects(form: Ask) -> list[Subject]:
    """The boxes grouped by what they are about, in the order of the guide."""
    found: dict[tuple[str, str], list[BoundWidget]] = {}
    for box in form["points"]:
        kind, name, _defect = str(box.data["value"]).split(":", 2)
        found.setdefault((kind, name), []).append(box)
    return [
        Subject(_subject(form.page, kind, name), tuple(boxes), form[f"text:{kind}:{name}"])
        for (kind, name), boxes in found.items()
    ]


def _subject(page: CasePage, kind: str, name: str) -> str:
    return page.label("point_kinds", kind) if kind == e.PointKind.MINUTES else page.name(kind, name)


def citations(form: Ask) -> tuple[c.Citation, ...]:
    """What was ticked, each with its explanation; what cannot be a point at all is left out."""
    cited = []
    for value in form.cleaned_data["points"]:
        kind, _colon, rest = value.partition(":")
        name, _colon, defect = rest.rpartition(":")
        try:
            of_kind, with_defect = e.PointKind(kind), e.Defect(defect)
        except ValueError:
            continue
        cited.append(c.Citation(of_kind, name, with_defect, form.personal(f"text:{kind}:{name}")))
    return tuple(cited)


def add_criteria(form: Ask, criteria: Iterable[str], minutes: bool = False) -> None:
    """Add a box for each criterion a refusal can cite (and for the hearing's minutes), each with room for reasons."""
    points = [(e.PointKind.CRITERION.value, each, e.Defect.UNMET.value) for each in criteria]
    if minutes:
        points.append((e.PointKind.MINUTES.value, "minutes", e.Defect.UNMET.value))
    add_points(
        form, points, _("What is not met (for a refusal)"), _("Tick every condition that is not met, and say why.")
    )


@dataclass(frozen=True, slots=True)
class Judged:
    """A line of the checklist: what the standard says of a criterion (审批标准), and room for what was found of it.

    `computed`: what the answers say of it already; None where somebody has to judge.
    """

    standard: CriterionShown
    choice: BoundField
    explanation: BoundField
    computed: bool | None = None


def add_findings(form: Ask, page: CasePage, step: str = "") -> None:
    """Add met or unmet for each point of the step's checklist (every criterion without a step), and room to explain.

    What a step need not find on may be left out; what the answers say already is chosen.
    """
    checks = {each.criterion.id: each for each in checklist_of(page.state, page.procedure, step)} if step else {}
    for criterion in page.criteria:
        check = checks.get(criterion.id)
        if step and check is None:
            continue
        choices = [(MET, _("met")), (UNMET, _("not met"))]
        if check is None or not check.needed:
            choices.append((NOT_LOOKED_AT, _("not looked at here")))
        computed = None if check is None or check.computed is None else MET if check.computed else UNMET
        form.fields[f"finding:{criterion.id}"] = forms.ChoiceField(
            label=page.name("criterion", criterion.id),
            choices=choices,
            required=False,
            widget=forms.RadioSelect,
            initial=computed,
        )
        form.fields[f"found:{criterion.id}"] = form.line(_("What was found"), required=False)


def judged(form: Ask) -> list[Judged]:
    """The points of the checklist in the order of the guide."""
    shown = [each for each in form.page.standard if f"finding:{each.id}" in form.fields]
    computed = {MET: True, UNMET: False}
    return [
        Judged(
            each,
            form[f"finding:{each.id}"],
            form[f"found:{each.id}"],
            computed.get(form.fields[f"finding:{each.id}"].initial),
        )
        for each in shown
    ]


def findings(form: Ask) -> tuple[c.Found, ...]:
    """What was found of each criterion that was looked at."""
    given: dict[str, Any] = form.cleaned_data
    return tuple(
        c.Found(each.id, given[f"finding:{each.id}"] == MET, form.personal(f"found:{each.id}"))
        for each in form.page.criteria
        if given.get(f"finding:{each.id}")
    )


@dataclass(frozen=True, slots=True)
class Weighed:
    """A criterion with discretion: the lines of its benchmarks (裁量基准), and why none of them or not as one says."""

    name: str
    lines: BoundField
    reason: BoundField
    is_open: bool


def add_benchmarks(form: Ask, page: CasePage) -> None:
    """Add, for each criterion with benchmarks, a choice among its lines and a field for the reason."""
    for criterion in page.standard:
        if criterion.benchmarks:
            lines = [(each.id, f"{each.when} → {each.outcome}") for each in criterion.benchmarks]
            none = [(NOT_WEIGHED, _("no discretion was used here"))]
            choices = [*none, *lines, (NO_LINE, _("none of these lines fits"))]
            form.fields[f"line:{criterion.id}"] = Offered(
                label=_("Line of the benchmarks"), choices=choices, required=False, widget=forms.RadioSelect()
            )
            form.fields[f"why:{criterion.id}"] = form.line(
                _("Reason (where no line fits, or the decision is another than the line says)"), required=False
            )


def weighed(form: Ask) -> list[Weighed]:
    """The criteria with discretion, unfolded where a line has to be named or is."""
    must = form.allowed.get("weigh", ())
    found = []
    for criterion in form.page.standard:
        if f"line:{criterion.id}" in form.fields:
            lines, reason = form[f"line:{criterion.id}"], form[f"why:{criterion.id}"]
            is_open = criterion.id in must or bool(lines.value() or reason.value())
            found.append(Weighed(criterion.name, lines, reason, is_open))
    return found


def benchmarks(form: Ask) -> tuple[c.BenchmarkUsed, ...]:
    """The lines that were used, each with its reason."""
    used = []
    for criterion in form.page.standard:
        line = form.cleaned_data.get(f"line:{criterion.id}", NOT_WEIGHED)
        if line != NOT_WEIGHED:
            named = "" if line == NO_LINE else line
            used.append(c.BenchmarkUsed(criterion.id, named, form.personal(f"why:{criterion.id}")))
    return tuple(used)
