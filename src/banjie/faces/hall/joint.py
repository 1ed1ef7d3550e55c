"""Joint handling (联合办理) at the window: one screen for what several agencies decide on, handed in at once.

What the items ask alike stands on the screen once. All parts are registered together, or none.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any

from django.forms.boundfield import BoundField
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.datastructures import MultiValueDict
from django.views.decorators.http import require_http_methods, require_safe

from banjie import words
from banjie.cases import bundles
from banjie.cases.handle import handle
from banjie.engine import commands as c
from banjie.engine.guards import BadInput
from banjie.engine.law import Law
from banjie.engine.not_possible import NotPossible
from banjie.faces.forms import drafts, situation
from banjie.faces.forms.asking import Face, page_of
from banjie.faces.forms.drafts import Typed
from banjie.faces.forms.filling import FieldNames, separate, take_over
from banjie.faces.forms.joint import called
from banjie.faces.forms.library import Held
from banjie.faces.forms.page import receipt_of
from banjie.faces.forms.saying import language_of, says_no
from banjie.faces.forms.uploads import Materials, Row, is_too_large, of_files, too_much
from banjie.faces.hall import asks
from banjie.faces.hall.entering import PAGE, WindowForm, typed_of
from banjie.records import catalogue
from banjie.records.catalogue.joint import Matter, matter, matters
from banjie.records.organisation.windows import require_taking
from banjie.store.files.refused import Refused
from banjie.web import clock
from banjie.web.request import Request, asking
from banjie.web.roles import for_role
from banjie.words import Refusal

FACE = Face("hall", "hall/case.html", "staff", asks.ASKS)


@dataclass(frozen=True, slots=True)
class Questions:
    """The questions of one item, without those another item asked before in the same words."""

    item: str
    fields: tuple[BoundField, ...]


class JointForm:
    """The applications of a joint matter on one screen, from what was typed so far: a form for each item."""

    def __init__(
        self, laws: Iterable[Law], actor: c.Actor, language: str, typed: Typed,
        files: MultiValueDict[str, Any] | None = None, dropped: Iterable[str] = (), all_as: str = "",
    ) -> None:  # fmt: skip
        self.actor, self.language = actor, language
        self.parts: list[WindowForm] = []
        self._shared: list[frozenset[str]] = []
        names, given = FieldNames(), list(dropped)
        for law in laws:
            own, shared = names.of(law.procedure)
            # What items share is received once; whoever comes second reads what the first one has.
            mine = files and MultiValueDict({name: each for name, each in files.lists() if name not in shared})
            form = WindowForm(law, actor, language, typed, mine, given, all_as, own)
            take_over(form, self.parts, shared)
            self.parts.append(form)
            self._shared.append(shared)

    @property
    def first(self) -> WindowForm:
        """The form of the first item; the others ask the same about the applicant."""
        return self.parts[0]

    @property
    def items(self) -> list[str]:
        """The items, by name."""
        return [self._name(form) for form in self.parts]

    @property
    def asked(self) -> list[Questions]:
        """The questions that can apply with what was answered so far, item by item."""
        found = [
            Questions(self._name(form), tuple(each for each in form.asked if each.name not in shared))
            for form, shared in zip(self.parts, self._shared, strict=True)
        ]
        return [each for each in found if each.fields]

    @property
    def materials(self) -> Materials:
        """How papers can be handed over."""
        return self.first.materials

    @cached_property
    def _told(self) -> list[tuple[Row, situation.Why, tuple[str, ...]]]:
        """Every material once, with why and by which items it is needed; what is needed by any is needed."""
        order = list(situation.Need)
        found: dict[str, list[tuple[Row, situation.Why, str]]] = {}
        for form in self.parts:
            for row, why in chain.from_iterable(form.whys.values()):
                found.setdefault(row.key, []).append((row, why, self._name(form)))
        shown = []
        for told in found.values():
            row, why, _item = min(told, key=lambda each: order.index(each[1].need))
            shown.append((told[0][0], why, tuple(item for _row, each, item in told if each.need is why.need)))
            row.received, row.is_ticked, row.form = told[0][0].received, told[0][0].is_ticked, told[0][0].form
        return sorted(shown, key=lambda each: order.index(each[1].need))

    @property
    def wanted(self) -> list[tuple[Row, situation.Why, tuple[str, ...]]]:
        """The materials to take in: what is needed or may be, and whatever is here already."""
        needs = (situation.Need.NEEDED, situation.Need.OPEN)
        asked = [each for each in self._told if not each[0].is_from_library]
        return [each for each in asked if each[1].need in needs or each[0].received or each[0].is_ticked]

    @property
    def from_library(self) -> list[tuple[Row, situation.Why, tuple[str, ...]]]:
        """The materials that the licence library has: the clerk asks for none of them."""
        not_needed = situation.Need.NOT_NEEDED
        return [each for each in self._told if each[0].is_from_library and each[1].need is not not_needed]

    @property
    def held(self) -> list[tuple[str, Held]]:
        """What the library has, as (the material's name, the licence)."""
        return [(row.name, row.library) for row, _why, _items in self.from_library if row.library]

    @property
    def unwanted(self) -> list[tuple[Row, situation.Why, tuple[str, ...]]]:
        """The materials not to ask for, with the reason."""
        wanted = {row.key for row, _why, _items in (*self.wanted, *self.from_library)}
        return [each for each in self._told if each[0].key not in wanted]

    @property
    def wrong_fields(self) -> list[tuple[str, str]]:
        """What is wrong, as (id of the field, its label), each field once."""
        return list(dict.fromkeys(each for form in self.parts for each in form.wrong_fields))

    @property
    def non_field_errors(self) -> list[str]:
        """What is wrong and stands beside no field."""
        return list(dict.fromkeys(str(each) for form in self.parts for each in form.non_field_errors()))

    @property
    def is_right(self) -> bool:
        """Whether everything could be read."""
        return all(form.is_valid() and not form.materials.has_faults for form in self.parts)

    @property
    def typed(self) -> Typed:
        """What to keep."""
        kept: Typed = {}
        for form in self.parts:
            kept |= form.typed
        return kept

    @property
    def file_ids(self) -> list[str]:
        """The files it waits with."""
        return list(dict.fromkeys(each for form in self.parts for each in form.file_ids))

    def add_problems(self, found: Matter, problems: Iterable[tuple[str, str]]) -> None:
        """Put what the engine found wrong beside its field: of a part `parts.<role>.…`, else of every part alike."""
        roles = {each.role: form for each, form in zip(found.parts, self.parts, strict=True)}
        for path, code in problems:
            first, _dot, rest = path.partition(".")
            role, _dot, own = rest.partition(".")
            if first == "parts" and role in roles:
                roles[role].add_problems([(own, code)])
            else:
                self.first.add_problems([(path, code)])

    def _name(self, form: WindowForm) -> str:
        return (self.language == "en" and form.procedure.english) or form.procedure.name


@for_role("clerk", "agent")
@require_safe
def all_matters(request: Request) -> HttpResponse:
    """What several agencies decide on under one limit, to apply for somebody who is here."""
    language = language_of(request)
    shown = []
    for each in matters(clock.today()):
        try:
            laws = _laws(each)
        except NotPossible:  # one of its items is not offered any more
            continue
        items = [(language == "en" and law.procedure.english) or law.procedure.name for law in laws]
        shown.append({"id": each.id, "name": called(each, language), "items": items})
    return render(request, "hall/joint_matters.html", {"matters": shown})


@for_role("clerk", "agent")
@require_safe
@says_no
def open_form(request: Request, matter: str) -> HttpResponse:
    """A fresh form: its key stands in its address, so that a reload or a second press hands in once."""
    _taken(request, matter)
    return redirect("hall:joint_apply", matter, uuid.uuid4())


@for_role("clerk", "agent")
@require_http_methods(["GET", "HEAD", "POST"])
@says_no
def apply(request: Request, matter: str, key: uuid.UUID) -> HttpResponse:
    """The whole matter for somebody at the window, on one screen: looked up, kept, or handed in."""
    actor, language, now = asking(request), language_of(request), clock.now()
    found, laws = _taken(request, matter)
    codes, owner = tuple(each.code for each in found.parts), drafts.owner_of(actor)
    draft = drafts.find(key, owner) or drafts.Draft(key, owner, codes)
    if draft.is_handed_in:
        return redirect("hall:joint_receipts", key)
    if request.method != "POST":
        return _form(request, found, JointForm(laws, actor, language, draft.typed))
    is_too_much, made = is_too_large(request), []

    def merge(_before: Typed) -> tuple[Typed, list[str]]:
        files = None if is_too_much else request.FILES
        dropped = [each for name in request.POST if name.startswith("drop.") for each in request.POST.getlist(name)]
        typed = typed_of(request.POST) or draft.typed
        made.append(JointForm(laws, actor, language, typed, files, dropped, request.POST.get("all", "")))
        return made[-1].typed, made[-1].file_ids

    saved = drafts.save(key, owner, codes, PAGE, now, merge)
    if saved is None:
        raise NotPossible("unknown_item")
    if saved.is_handed_in:
        return redirect("hall:joint_receipts", key)
    form: JointForm = made[-1]
    if is_too_much:
        return _form(request, found, form, words.refusal(too_much(), language), 413)
    if {"keep", "find", "all"} & set(request.POST):
        return _form(request, found, form)
    if not form.is_right:
        return _form(request, found, form, words.refusal(NotPossible("bad_input"), language), 422)
    try:
        _registered(saved, form, found)
    except BadInput as bad:
        form.add_problems(found, bad.problems)
        return _form(request, found, form, words.refusal(bad, language), 422)
    except Refused as refused:
        return _form(request, found, form, words.refusal(of_files(refused), language), 409)
    except NotPossible as no:
        return _form(request, found, form, words.refusal(no, language), 409)
    return redirect("hall:joint_receipts", key)


def _registered(draft: drafts.Draft, form: JointForm, found: Matter) -> None:
    """All parts are registered under the key of the form; who stands here for the applicant is noted on each."""
    at = clock.now()
    told = [part.mandate(at) for part in form.parts]
    body = []
    commands = {}
    for number, part in enumerate(form.parts):
        command = part.command(uuid.uuid5(draft.id, part.procedure.code), at)
        body.append(part.body(command))
        separate(part, form.parts[:number], form.actor.id)
        commands[part.procedure.code] = part.command(command.command_id, at)
    stream = bundles.register(bundles.Register.of(found, commands), str(draft.id), b"".join(body))
    noted = bundles.view(stream, at).state.noted
    for each, said in zip(found.parts, told, strict=True):
        case = noted[each.role]
        if said:
            id = uuid.uuid5(draft.id, f"mandate/{each.role}")
            handle(uuid.UUID(case.case), c.Note(command_id=id, at=at, by=form.actor, text=c.Personal(said)))
        draft = drafts.handed_in(draft, each.code, case.query_number)


@for_role("clerk", "agent")
@require_safe
@says_no
def receipts(request: Request, key: uuid.UUID) -> HttpResponse:
    """The receipts of all parts (收件凭证), to print and hand over."""
    draft = drafts.find(key, drafts.owner_of(asking(request)))
    if draft is None or not draft.is_handed_in:
        raise NotPossible("unknown_case")
    pages = [page_of(FACE, request, number) for _code, number in draft.numbers]
    shown = [{"page": each, "receipt": receipt_of(each)} for each in pages]
    bundle = bundles.bundle_of(pages[0].view.stream)
    return render(request, "hall/joint_receipts.html", {"receipts": shown, "bundle": bundle})


def _taken(request: Request, id: str) -> tuple[Matter, list[Law]]:
    """The matter with the law of its items; NotPossible unknown_matter, other_window where this window takes none."""
    found = matter(id, clock.today())
    if found is None:
        raise NotPossible("unknown_matter")
    laws = _laws(found)
    for each in laws:
        require_taking(asking(request).unit, each.procedure)
    return found, laws


def _laws(found: Matter) -> list[Law]:
    return [catalogue.law_in_force(each.code, clock.today()) for each in found.parts]


def _form(
    request: Request, found: Matter, form: JointForm, refusal: Refusal | None = None, status: int = 200
) -> HttpResponse:
    shown = {"form": form, "title": called(found, form.language), "refusal": refusal, "is_kept": "keep" in request.POST}
    return render(request, "hall/joint_apply.html", shown, status=status)
