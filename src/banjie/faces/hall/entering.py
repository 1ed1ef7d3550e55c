"""Entering an application for somebody at the window, on one screen: who stands there, the questions, the papers.

What is known of the number somebody shows is filled in on the server and shown masked; it never travels to the browser.
Everything typed is kept in a draft at each step, so a broken line loses nothing.
"""

import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from stdnum.cn import uscc

from banjie import words
from banjie.cases import queries
from banjie.cases.models import Case
from banjie.cases.scope import Scope
from banjie.engine import applicant
from banjie.engine import commands as c
from banjie.engine.law import Law
from banjie.engine.not_possible import NotPossible
from banjie.faces.forms import drafts, situation
from banjie.faces.forms.application import ApplicationForm, Names
from banjie.faces.forms.asking import DayInput
from banjie.faces.forms.drafts import Typed
from banjie.faces.forms.joint import called
from banjie.faces.forms.library import Held
from banjie.faces.forms.page import Pair
from banjie.faces.forms.situation import Need
from banjie.faces.forms.uploads import WINDOW_FORMS, Row
from banjie.records.catalogue.joint import matter_of
from banjie.records.catalogue.queries import newest_names
from banjie.records.parties import mandates, register
from banjie.records.parties import queries as parties
from banjie.records.parties.mandates import Terms
from banjie.records.parties.models import MandateKind, Party
from banjie.store.keys.read import find
from banjie.web import clock

PAGE = "window"
KEPT = ("applicant.", "answers.", "form.", "agent.")
ALONE = ("channel", "e_service", "declared")
MAY_DIFFER = ("phone", "address", "service_address")
"""What the clerk may type over what is known; who somebody is was looked at when it was registered."""


class WindowForm(ApplicationForm):
    """The application of somebody at the window, from what was typed so far."""

    def __init__(
        self, law: Law, actor: c.Actor, language: str, typed: Typed, files: MultiValueDict[str, Any] | None = None,
        dropped: Iterable[str] = (), all_as: str = "", names: Names | None = None,
    ) -> None:  # fmt: skip
        self.number = (typed.get("applicant.id_number") or [""])[0].strip().upper()
        data = QueryDict(mutable=True) if typed else None
        if data is not None:
            for name, values in typed.items():
                data.setlist(name, values)
            for file in dropped:
                for material in law.procedure.materials:
                    data.appendlist(f"drop.{(names or Names()).material(material.id)}", file)
            self._guess(data)
        super().__init__(law, actor, language, True, data, files, names)
        line = forms.CharField(label=words.label("fields", "service_address", language), required=False, max_length=200)
        self.fields["applicant.service_address"] = line
        for name in ("applicant.kind", "applicant.id_type"):
            field = self.fields[name]
            field.widget = forms.Select(choices=[("", _("Choose")), *field.choices])  # type: ignore[attr-defined]
        self.fields["e_service"].label = _("The applicant agrees that papers are served electronically")
        self.fields["declared"] = forms.BooleanField(
            label=_("The applicant has signed the declaration"),
            help_text=words.declared_text(language=language),
            required=False,
        )
        self.fields["e_service"].help_text = _("Otherwise they go to the address for service.")
        self._add_agent()
        self.is_valid()
        if all_as in WINDOW_FORMS:
            for row in (each for each in self.rows(Need.NEEDED) if not each.is_from_library):
                row.form, row.is_ticked = (row.form, True) if row.is_ticked else (all_as, True)

    def _add_agent(self) -> None:
        self.fields["agent.id_number"] = forms.CharField(
            label=_("Identity number of whoever stands here for the applicant"), required=False, max_length=60
        )
        self.fields["agent.paper"] = forms.CharField(
            label=_("Number of the mandate on paper (委托书)"),
            help_text=_("Only where no mandate stands yet: you have seen the signed paper."),
            required=False,
            max_length=60,
        )
        self.fields["agent.until"] = forms.DateField(
            label=_("The mandate counts until"), required=False, widget=DayInput()
        )

    def _guess(self, data: QueryDict) -> None:
        """What a number says of itself: a card is a person's, a credit code an enterprise's."""
        if data.get("applicant.id_type") or not self.number:
            return
        if uscc.is_valid(self.number):
            data["applicant.id_type"] = "uscc"
            data["applicant.kind"] = data.get("applicant.kind") or ("enterprise" if self.number[0] == "9" else "other")
        elif len(self.number) == 18:
            data["applicant.id_type"] = "id_card"
            data["applicant.kind"] = data.get("applicant.kind") or "person"

    # Who stands there

    @cached_property
    def party(self) -> Party | None:
        """The party whose number this is, if somebody has looked at their papers; nobody who only says so."""
        return register.find_assured(self.number) if self.number else None

    @cached_property
    def registered(self) -> Mapping[str, str]:
        """What is known of the number: from the register, or from the last case of it in the clerk's own unit."""
        if not self.number:
            return {}
        told = parties.particulars(self.party) if self.party else self._last_handed_in
        return {name: str(told[name]) for name in applicant.NEEDED if told.get(name)}

    @property
    def _last_handed_in(self) -> Mapping[str, Any]:
        mine = Case.objects.within(Scope.of(self.actor)).filter(stream__in=find("identity", self.number))
        row = mine.order_by("-stream").first()
        if row is None:
            return {}
        view = queries.view(row.stream, clock.now())
        given = view.state.applicant
        return (view.opened(given).get(given.ref) if given else None) or {}

    @property
    def is_known(self) -> bool:
        """Whether nothing need be asked about who applies."""
        return all(self.registered.get(each) for each in applicant.NEEDED)

    @property
    def known(self) -> list[Pair]:
        """What is known, masked."""
        shown = parties.masked(self.registered)
        coded = {"kind": "applicant_kinds", "id_type": "id_types"}
        return [
            Pair(
                words.label("fields", name, self.language),
                words.label(coded[name], shown[name], self.language) if name in coded else shown[name],
            )
            for name in applicant.NEEDED
            if shown.get(name)
        ]

    @property
    def who(self) -> list[BoundField]:
        """The fields about the applicant beside the number: all, or those that may differ from what is known."""
        names = MAY_DIFFER if self.is_known else ("kind", "name", *MAY_DIFFER)
        return [self[f"applicant.{each}"] for each in names]

    @property
    def number_field(self) -> BoundField:
        """The number that somebody shows."""
        return self["applicant.id_number"]

    @property
    def id_type_field(self) -> BoundField:
        """What kind of number it is."""
        return self["applicant.id_type"]

    @property
    def declared_field(self) -> BoundField:
        """Whether the applicant has signed the declaration (声明)."""
        return self["declared"]

    @property
    def e_service_field(self) -> BoundField:
        """The consent to electronic service."""
        return self["e_service"]

    @property
    def typed_over(self) -> bool:
        """Whether something was typed over what is known."""
        return any(self[f"applicant.{each}"].value() or self[f"applicant.{each}"].errors for each in MAY_DIFFER)

    @property
    def has_agent(self) -> bool:
        """Whether somebody else stands here, or it came by post."""
        return bool(self["agent.id_number"].value()) or self["channel"].value() == "post"

    @property
    def agent_fields(self) -> list[BoundField]:
        """The fields about whoever stands here for the applicant."""
        return [self[name] for name in self.fields if name.startswith("agent.")]

    # Questions and materials

    @property
    def asked(self) -> list[BoundField]:
        """The questions that can apply with what was answered so far."""
        given = self.answers
        return [
            self[f"answers.{self.names.question(each.id)}"]
            for each in self.procedure.questions
            if situation.standing(each.when, self.procedure, given) is not False
        ]

    @property
    def answers(self) -> dict[str, Any]:
        """The answers so far."""
        return super().answers if self.is_bound else {}

    @cached_property
    def whys(self) -> dict[str, list[tuple[Row, situation.Why]]]:
        """The materials by need, each with its row."""
        found: dict[str, list[tuple[Row, situation.Why]]] = {each.value: [] for each in Need}
        for why in situation.materials_of(self.procedure, self.answers, self.language):
            found[why.need.value].append((self.materials.row(why.material.id), why))
        return found

    @property
    def wanted(self) -> list[tuple[Row, situation.Why, tuple[str, ...]]]:
        """The materials to take in: what is needed, what may be, and whatever is here already. All are of one item."""
        others = [each for each in self._others if each[0].received or each[0].is_ticked]
        asked = (*self.whys["needed"], *self.whys["open"], *others)
        return [(*each, ()) for each in asked if not each[0].is_from_library]

    @property
    def from_library(self) -> list[tuple[Row, situation.Why, tuple[str, ...]]]:
        """The materials that the licence library has: the clerk asks for none of them."""
        told = (*self.whys["needed"], *self.whys["open"], *self.whys["looked_up"])
        return [(*each, ()) for each in told if each[0].is_from_library]

    @property
    def held(self) -> list[tuple[str, Held]]:
        """What the library has, as (the material's name, the licence)."""
        return [(row.name, row.library) for row, _why, _items in self.from_library if row.library]

    @property
    def unwanted(self) -> list[tuple[Row, situation.Why, tuple[str, ...]]]:
        """The materials not to ask for, with the reason."""
        held = {row.key for row, _why, _items in self.from_library}
        others = [each for each in self._others if each[0].key not in held]
        return [(*each, ()) for each in others if not (each[0].received or each[0].is_ticked)]

    @property
    def _others(self) -> list[tuple[Row, situation.Why]]:
        return [*self.whys["looked_up"], *self.whys["not_needed"]]

    def rows(self, need: Need) -> list[Row]:
        """The rows of the materials with this need."""
        return [row for row, _why in self.whys[need.value]]

    # Keeping and handing in

    @property
    def typed(self) -> Typed:
        """What to keep: the fields, how each material was handed over, the tokens of the files."""
        data = self.data if isinstance(self.data, QueryDict) else QueryDict()
        kept: Typed = {name: data.getlist(name) for name in data if is_kept(name)}
        for row in self.materials.rows:
            kept.pop(f"form.{row.key}", None)
            if row.is_ticked:
                kept[f"form.{row.key}"] = [row.form]
            if row.received:
                kept[f"kept.{row.key}"] = [each.token for each in row.received]
        return kept

    @property
    def file_ids(self) -> list[str]:
        """The files it waits with."""
        return [each.id for row in self.materials.rows for each in row.received]

    def command(self, key: uuid.UUID, at: datetime) -> c.Submit:
        """The application: what is known, with what was typed over it; for the party itself where there is one."""
        command = super().command(key, at)
        given = dict(command.applicant.value)
        if self.is_known:
            given = {**self.registered, **{name: given[name] for name in MAY_DIFFER if given.get(name)}}
        return replace(
            command,
            applicant=c.Personal(given, find_by=given.get("id_number", "")),
            answers=c.Personal(situation.without_idle(self.procedure, command.answers.value)),
            party=self.party.id if self.party else "",
        )

    def body(self, command: c.Submit) -> bytes:
        """What is handed in, and for whom, as bytes."""
        return json.dumps([super().body(command).decode(), command.party]).encode()

    def mandate(self, at: datetime) -> str:
        """What is noted of whoever stands here for the applicant; "" where they came themselves.

        A mandate on paper is recorded. BadInput; NotPossible no_such_party, no_mandate.
        """
        number = str(self.cleaned_data.get("agent.id_number") or "").strip().upper()
        if not number:
            return ""
        agent = register.find_assured(number)
        if agent is None or self.party is None:
            raise NotPossible("no_such_party")
        paper, today = str(self.cleaned_data.get("agent.paper") or "").strip(), at.date()
        if not parties.reach(agent.id, self.party.id, today).covers(self.procedure.code):
            if not paper:
                raise NotPossible("no_mandate")
            until: date | None = self.cleaned_data.get("agent.until")
            terms = Terms(MandateKind.POWER_OF_ATTORNEY, today, until, (self.procedure.code[: mandates.ITEM_LENGTH],))
            mandates.record_paper(self.party.id, agent.id, terms, paper, self.actor, at)
        name = parties.masked(parties.particulars(agent)).get("name", "")
        return _("Handed in by %(name)s under a mandate. %(paper)s") % {"name": name, "paper": paper}


@dataclass(frozen=True, slots=True)
class Begun:
    """A form that was begun and not handed in. `matter`: of a joint one, else ""."""

    id: uuid.UUID
    code: str
    name: str
    matter: str
    changed_at: datetime | None


def begun(actor: c.Actor, language: str, on: date) -> list[Begun]:
    """The forms this member of staff has begun and not handed in, the newest first."""
    found = drafts.of(drafts.owner_of(actor), on)
    names = newest_names([each.codes[0] for each in found], language)
    begun = []
    for each in found:
        joint = matter_of(each.codes, on) if len(each.codes) > 1 else None
        name = called(joint, language) if joint else names.get(each.codes[0], each.codes[0])
        begun.append(Begun(each.id, each.codes[0], name, joint.id if joint else "", each.changed_at))
    return begun


def is_kept(name: str) -> bool:
    """Whether a field of the form is kept in the draft."""
    return name in ALONE or name.startswith(KEPT)


def typed_of(posted: QueryDict) -> Typed:
    """What a request sent, with the tokens of files that were received before."""
    return {name: posted.getlist(name) for name in posted if is_kept(name) or name.startswith("kept.")}
