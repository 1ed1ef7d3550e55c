"""A form that asks the door for one command, and how the answer comes back to the page: one button, one call.

A form checks nothing the engine checks: it turns what was typed into a command, and shows what the door says to it.
Every form carries the id of its command, so that a second press of the button changes nothing, and the version that was
seen, which commands that rest on it must name. The instant is this server's, never the browser's.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, TypedDict

from django import forms
from django.contrib import messages
from django.forms.boundfield import BoundField
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.datastructures import MultiValueDict

from banjie import words
from banjie.cases import queries
from banjie.cases.handle import Done, handle
from banjie.cases.scope import Scope
from banjie.engine import commands as c
from banjie.engine.guards import BadInput
from banjie.engine.not_possible import NotPossible
from banjie.faces.forms.acting import as_known, sees_as
from banjie.faces.forms.page import CasePage, Pair, Told
from banjie.faces.forms.saying import language_of
from banjie.faces.forms.uploads import is_too_large, of_files, too_much
from banjie.store.files.refused import Refused
from banjie.web import clock
from banjie.web.request import Request, asking
from banjie.words import Audience, Refusal


class Envelope(TypedDict):
    """What every command carries."""

    command_id: uuid.UUID
    at: datetime
    by: c.Actor
    expected_version: int | None


class Ask(forms.Form):
    """A form for one kind of command, made from what the engine offers.

    `template`: how its fields stand; `per_step`: whether each allowed step gets a form of its own; `stands_open`:
    whether the page shows it unfolded, for what the reader is asked to do; `key`: what presses it (js/shortcuts.js). A
    form without fields is a button alone.
    """

    kind: ClassVar[str]
    template: ClassVar[str] = "web/ask_fields.html"
    per_step: ClassVar[bool] = False
    stands_open: ClassVar[bool] = False
    key: ClassVar[str] = ""

    def __init__(
        self, page: CasePage, allowed: dict[str, tuple[Any, ...]], step: str = "", data: QueryDict | None = None,
        files: MultiValueDict[str, Any] | None = None,
    ) -> None:  # fmt: skip
        super().__init__(data, files, auto_id=f"{self.kind}-{step}-%s" if step else f"{self.kind}-%s")
        self.page = page
        self.posted = data
        self.allowed = allowed
        self.step = step
        self.use_required_attribute = False
        self.fields["command_id"] = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4())
        self.fields["expected_version"] = forms.IntegerField(widget=forms.HiddenInput, initial=page.version)
        if self.per_step:
            self.fields["step"] = forms.CharField(widget=forms.HiddenInput, initial=step)
        self.prepare()
        for field in self.fields.values():
            field.error_messages |= _messages(field, page.language)

    def prepare(self) -> None:
        """Add the fields."""

    def command(self, envelope: Envelope) -> c.Command:
        """The command these fields ask for."""
        raise NotImplementedError

    # For templates

    @property
    def name(self) -> str:
        """What the button says."""
        return self.page.label("commands", self.kind)

    @property
    def title(self) -> str:
        """The name of the command, and of the step it is for."""
        return f"{self.name} · {self.page.name('step', self.step)}" if self.step else self.name

    @property
    def help(self) -> str:
        """The one line of help."""
        return words.help_text(self.kind, self.page.language)

    @property
    def anchor(self) -> str:
        """Its place on the page. (A template that said `step` would get the field of that name.)"""
        return f"ask-{self.kind}-{self.step}" if self.step else f"ask-{self.kind}"

    @property
    def address(self) -> str:
        """Where it is sent to."""
        return reverse(f"{self.page.face}:{self.kind}", args=[self.page.state.query_number])

    @property
    def shown(self) -> list[BoundField]:
        """The fields one sees."""
        return self.visible_fields()

    @property
    def is_plain(self) -> bool:
        """Whether there is nothing to fill in."""
        return not self.visible_fields()

    @property
    def takes_files(self) -> bool:
        """Whether files can be handed in."""
        return self.is_multipart()

    @property
    def typed(self) -> list[Pair]:
        """What was typed, for a page that can show the form no more."""
        pairs = []
        for field in self.visible_fields():
            value = field.value()
            told = ", ".join(str(each) for each in value) if isinstance(value, list | tuple) else str(value or "")
            if told:
                pairs.append(Pair(str(field.label), told))
        return pairs

    # For fields

    def text(self, label: str, help: str = "", required: bool = True, rows: int = 3) -> forms.CharField:
        """A field for free text."""
        widget = forms.Textarea(attrs={"rows": rows})
        return forms.CharField(label=label, help_text=help, required=required, widget=widget, max_length=2000)

    def line(self, label: str, help: str = "", required: bool = True) -> forms.CharField:
        """A field for one line of text."""
        return forms.CharField(label=label, help_text=help, required=required, max_length=200)

    def day(self, label: str, help: str = "", required: bool = True) -> forms.DateField:
        """A field for a day."""
        return forms.DateField(label=label, help_text=help, required=required, widget=DayInput())

    def choice(
        self, label: str, section: str | tuple[str, ...], codes: Sequence[Any], help: str = "", required: bool = True
    ) -> "Offered":
        """One of the codes the engine offers, each with its label; a single one is chosen already."""
        choices = [(str(code), self._called(section, str(code))) for code in codes]
        widget = forms.RadioSelect() if len(choices) <= 8 else forms.Select()
        initial = choices[0][0] if len(choices) == 1 else None
        return Offered(label=label, help_text=help, choices=choices, required=required, widget=widget, initial=initial)

    def several_materials(
        self, label: str, ids: Sequence[str] | None = None, required: bool = True
    ) -> "SeveralOffered":
        """Boxes for materials of the guide, those that were offered unless others are named."""
        offered = self.allowed.get("material", ()) if ids is None else ids
        choices = [(each, self.page.name("material", each)) for each in dict.fromkeys(offered)]
        widget = forms.CheckboxSelectMultiple()
        return SeveralOffered(label=label, choices=choices, required=required, widget=widget)

    def _called(self, section: str | tuple[str, ...], code: str) -> str:
        if isinstance(section, tuple):  # a kind of thing the guide names, then a section of the catalogue
            known = self.page.name(section[0], code)
            return known if known != code else self.page.label(section[1], code)
        return self.page.label(section, code)

    def personal(self, name: str) -> c.Text | None:
        """What was typed into a field as a personal text; None where nothing was."""
        typed = str(self.cleaned_data.get(name) or "").strip()
        return c.Personal(typed) if typed else None

    def written(self, name: str) -> c.Text:
        """What was typed into a field that must be filled."""
        return c.Personal(str(self.cleaned_data[name]).strip())

    def add_problems(self, problems: Sequence[tuple[str, str]]) -> None:
        """Put what the engine found wrong beside the fields it names; what names none stands above the form."""
        for path, code in problems:
            field = self.field_of(path)
            self.add_error(field if field in self.fields else None, words.problem(code, self.page.language))

    def field_of(self, path: str) -> str:
        """The field a path of the command is typed into."""
        return path


class DayInput(forms.DateInput):
    """A day, in the one form browsers send."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class Offered(forms.ChoiceField):
    """A choice among what was offered when the page was made. Whether it is still possible is the engine's to say."""

    def valid_value(self, value: Any) -> bool:
        return True


class SeveralOffered(forms.MultipleChoiceField):
    """Several of what was offered."""

    def valid_value(self, value: Any) -> bool:
        return True


def _messages(field: forms.Field, language: str) -> dict[str, str]:
    is_day, is_number = isinstance(field, forms.DateField), isinstance(field, forms.IntegerField)
    codes = {
        "required": "needed",
        "invalid": "no_such_date" if is_day else "not_a_number" if is_number else "not_possible",
        "invalid_choice": "unknown_choice",
        "max_length": "too_long",
    }
    return {key: words.problem(code, language) for key, code in codes.items()}


@dataclass(frozen=True, slots=True)
class Face:
    """How a face shows a case: its URL name space, the page's template, for whom, and which forms, in their order."""

    name: str
    template: str
    audience: Audience
    asks: tuple[type[Ask], ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a page shows after a form was sent and nothing was done: the form, the "no", what changed meanwhile.

    `is_kept`: nothing was asked for; the files were kept, as asked.
    """

    form: Ask
    refusal: Refusal | None = None
    changed: tuple[Told, ...] = ()
    is_kept: bool = False

    @property
    def is_offered(self) -> bool:
        """Whether the form can be sent again."""
        return self.form.kind in self.form.page.offers and self.form.page.offers[self.form.kind].no is None


def page_of(face: Face, request: Request, number: str) -> CasePage:
    """The case with this number for whoever asks; NotPossible("unknown_case") for what is not there or not theirs."""
    actor = asking(request)
    case = queries.find(number.strip(), Scope.of(actor))
    view = queries.view(case.stream, clock.now())
    audience = face.audience if face.audience == "staff" else sees_as(actor, view.state)
    return CasePage(view, as_known(actor, view.state), language_of(request), audience, face.name)


def show(face: Face, request: Request, number: str, **more: Any) -> HttpResponse:
    """The page of a case with a form for each thing its reader can ask for."""
    return shown(face, request, page_of(face, request, number), **more)


def shown(face: Face, request: Request, page: CasePage, status: int = 200, **more: Any) -> HttpResponse:
    """The same for a page that is made already."""
    return _page(face, request, page, None, more, status)


def carry_out(face: Face, request: Request, number: str, ask: type[Ask]) -> HttpResponse:
    """Ask the door for what the form says: back to the page of the case, or the form again with everything typed.

    Whoever only looks at the address (a reload, another language) is led to the page of the case.
    """
    page = page_of(face, request, number)
    if request.method != "POST":
        return _to_the_case(face, page)
    offer = page.offers.get(ask.kind)
    allowed = dict(offer.allowed) if offer else {}
    form = ask(page, allowed, request.POST.get("step", ""), request.POST, request.FILES)
    is_readable = form.is_valid()
    if is_too_large(request):
        return _page(face, request, page, Answer(form, page.refusal(too_much())), status=413)
    if "keep" in request.POST:
        return _page(face, request, page, Answer(form, is_kept=True))
    if not is_readable:
        return _page(face, request, page, Answer(form), status=422)
    try:
        done = handle(page.view.stream, form.command(_envelope(form, page.actor or asking(request))))
    except BadInput as bad:
        form.add_problems(bad.problems)
        return _page(face, request, page, Answer(form, page.refusal(bad)), status=422)
    except Refused as refused:
        return _again(face, request, form, of_files(refused))
    except NotPossible as no:
        return _again(face, request, form, no)
    _tell(request, page, done)
    return _to_the_case(face, page)


def _to_the_case(face: Face, page: CasePage) -> HttpResponse:
    return HttpResponseRedirect(reverse(f"{face.name}:case", args=[page.state.query_number]))


def _envelope(form: Ask, actor: c.Actor) -> Envelope:
    rests = c.KINDS[form.kind] in c.RESTS_ON_WHAT_WAS_SEEN
    return Envelope(
        command_id=form.cleaned_data["command_id"],
        at=clock.now(),
        by=actor,
        expected_version=form.cleaned_data["expected_version"] if rests else None,
    )


def _again(face: Face, request: Request, form: Ask, no: NotPossible) -> HttpResponse:
    """The page as it stands now with the form as it was typed; the version it rests on is the new one."""
    page = page_of(face, request, form.page.state.query_number)
    seen = form.cleaned_data["expected_version"]
    changed = tuple(page.since(seen)) if no.code == "changed_meanwhile" else ()
    data = request.POST.copy()
    data["expected_version"] = str(page.version)
    offer = page.offers.get(form.kind)
    again = type(form)(page, dict(offer.allowed) if offer else {}, form.step, data, form.files)
    again.is_valid()
    return _page(face, request, page, Answer(again, page.refusal(no), changed), status=409)


def _tell(request: Request, page: CasePage, done: Done) -> None:
    """What was recorded, in sentences for whoever did it."""
    after = CasePage(queries.view(done.stream, clock.now()), page.actor, page.language, page.audience, page.face)
    happened = {each.position: each.sentence for each in after.history}
    first = done.version - len(done.events) + 1
    for position in range(first, done.version + 1):
        if position in happened:
            messages.success(request, happened[position])


def _page(
    face: Face, request: Request, page: CasePage, answer: Answer | None, more: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    shown = {
        "page": page,
        "face": face.name,
        "asks": [form for ask in face.asks for form in _forms(ask, page, answer)],
        "answer": answer,
        "not_now": page.not_now(dict.fromkeys(ask.kind for ask in face.asks)),
        **(more or {}),
    }
    return render(request, face.template, shown, status=status)


def _forms(ask: type[Ask], page: CasePage, answer: Answer | None) -> list[Ask]:
    """The forms of one kind that the engine offers; the one that was sent stands in its own place."""
    offer = page.offers.get(ask.kind)
    if offer is None or offer.no is not None:
        return []
    allowed = dict(offer.allowed)
    steps = dict.fromkeys(allowed["step"]) if ask.per_step else [""]
    made = []
    for step in steps:
        was_sent = answer is not None and answer.form.kind == ask.kind and answer.form.step == step
        made.append(answer.form if answer is not None and was_sent else ask(page, allowed, step))
    return made
