"""An application being filled in page by page, for one item or for several at once, from what was typed so far.

One group of questions a page. What several items ask in the same words is asked once; each item becomes a case of its
own. Nothing is checked here that the engine does not check: a page is right when `decide` finds nothing wrong with its
fields, tried without anything being recorded.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from banjie import words
from banjie.engine import commands as c
from banjie.engine import commitment, gaps
from banjie.engine.decide import decide
from banjie.engine.events import ActorKind, Declaration, Ref
from banjie.engine.guards import BadInput
from banjie.engine.law import Law, Procedure
from banjie.engine.not_possible import NotPossible
from banjie.engine.state import NEW
from banjie.faces.forms import about_licence, situation
from banjie.faces.forms.application import ApplicationForm, Names
from banjie.faces.forms.drafts import Typed
from banjie.faces.forms.library import Held, Named, named_by
from banjie.faces.forms.page import Pair
from banjie.faces.forms.told import Told, commitment_told, gaps_told
from banjie.faces.forms.uploads import Row, copied
from banjie.records.parties import standing
from banjie.records.parties.queries import may_commit_for
from banjie.web import clock

APPLICANT, QUESTIONS, MATERIALS, WORD, CHECK = "applicant", "questions", "materials", "word", "check"
PAGES = (APPLICANT, QUESTIONS, MATERIALS, WORD, CHECK)
BOXES = ("e_service", "declared")
"""What stands on the last page and is either ticked or not."""
DELIVERY = "delivery"
"""How the result is to reach the applicant, on the last page."""
SEEN = "seen"
"""Under this name what was typed keeps which pages were sent already."""


@dataclass(frozen=True, slots=True)
class PageLink:
    """A page of the form in the list of its pages."""

    code: str
    heading: str
    is_current: bool
    is_done: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """The questions of one item, without those another item asked before in the same words."""

    item: str
    fields: tuple[BoundField, ...]


@dataclass(frozen=True, slots=True)
class MaterialOnPage:
    """A material of the form: its row, why it is needed, and by which items where there are several."""

    row: Row
    why: situation.Why
    items: tuple[str, ...]

    @property
    def is_missing(self) -> bool:
        """Whether it is needed and nothing of it is here yet."""
        return self.why.need is situation.Need.NEEDED and not self.row.received and not self.row.is_from_library


@dataclass(frozen=True, slots=True)
class OnWord:
    """What one item offers on the applicant's word: its commitment, and what may follow; with what was chosen.

    `why_not`: why nothing of it is possible for this applicant; `may_commit`: whether who fills it in may sign it.
    """

    item: str
    code: str
    commitment: Told | None
    is_signed: bool
    gaps: Told | None
    materials: tuple[tuple[str, str, bool], ...]
    why_not: str
    may_commit: bool


@dataclass(slots=True)
class Part:
    """One item of the application with its form."""

    law: Law
    form: ApplicationForm
    shared: frozenset[str]

    @property
    def procedure(self) -> Procedure:
        """The item's procedure."""
        return self.law.procedure


class Filling:
    """What was typed so far, as forms; files that came with the request are received when it is made."""

    def __init__(
        self,
        laws: Sequence[Law],
        actor: c.Actor,
        language: str,
        typed: Typed,
        dropped: QueryDict | None = None,
        files: MultiValueDict[str, Any] | None = None,
    ) -> None:
        self.actor, self.language = actor, language
        self._typed = typed
        data = QueryDict(mutable=True)
        for name, values in typed.items():
            data.setlist(name, values)
        for name in dropped or ():
            if name.startswith("drop.") and dropped is not None:
                data.setlist(name, dropped.getlist(name))
        names = FieldNames()
        self.parts: list[Part] = []
        for law in laws:
            own, shared = names.of(law.procedure)
            # What items share is received once; whoever comes second reads what the first one has.
            mine = MultiValueDict(
                {name: given for name, given in (files or MultiValueDict()).lists() if name not in shared}
            )
            form = ApplicationForm(law, actor, language, False, data, mine, own)
            take_over(form, [part.form for part in self.parts], shared)
            form.is_valid()
            self.parts.append(Part(law, form, shared))

    # What it is made of

    @property
    def first(self) -> ApplicationForm:
        """The form of the first item; the others ask the same about the applicant."""
        return self.parts[0].form

    @property
    def title(self) -> str:
        """What is applied for."""
        return " + ".join(self._name(part.procedure) for part in self.parts)

    @property
    def items(self) -> list[str]:
        """The items, by name."""
        return [self._name(part.procedure) for part in self.parts]

    @property
    def pages(self) -> tuple[str, ...]:
        """The pages this application has: a page with nothing to ask is left out."""
        has = {
            QUESTIONS: any(part.procedure.questions for part in self.parts),
            MATERIALS: any(part.procedure.materials for part in self.parts),
            WORD: any(part.procedure.commitment or gaps.periods(part.law) for part in self.parts),
        }
        return tuple(each for each in PAGES if has.get(each, True))

    def links(self, current: str) -> list[PageLink]:
        """The list of pages, for whoever fills it in."""
        heading = {
            APPLICANT: _("Who applies"),
            QUESTIONS: _("Your situation"),
            MATERIALS: _("Materials"),
            WORD: _("On your word"),
            CHECK: _("Check and hand in"),
        }
        return [
            PageLink(each, heading[each], each == current, each != CHECK and self._is_done(each)) for each in self.pages
        ]

    def _is_done(self, page: str) -> bool:
        return not self.problems_on(page) and (page not in (MATERIALS, WORD) or page in self._typed.get(SEEN, ()))

    def after(self, page: str) -> str:
        """Where one goes on after a page: the next one that is not done."""
        later = self.pages[self.pages.index(page) + 1 :] if page in self.pages else self.pages
        return next((each for each in later if not self._is_done(each)), CHECK)

    @property
    def start(self) -> str:
        """Where one begins, or goes on: nothing that is known is asked again."""
        return next((each for each in self.pages if not self._is_done(each)), CHECK)

    # What is shown

    @property
    def about_applicant(self) -> list[BoundField]:
        """The fields about the applicant."""
        return [self.first[name] for name in self.first.fields if name.startswith("applicant.")]

    @property
    def asked(self) -> list[Asked]:
        """The questions, item by item; what cannot apply with the answers given so far is left out."""
        found = []
        for part in self.parts:
            given = self.answers(part)
            fields = tuple(
                part.form[part.form.field_of(f"answers.{each.id}")]
                for each in part.procedure.questions
                if part.form.field_of(f"answers.{each.id}") not in part.shared
                and situation.standing(each.when, part.procedure, given) is not False
            )
            if fields:
                found.append(Asked(self._name(part.procedure) if len(self.parts) > 1 else "", fields))
        return found

    @cached_property
    def materials(self) -> list[MaterialOnPage]:
        """The materials of all items, what is needed first; a shared one stands once, with who needs it."""
        found: dict[str, list[tuple[Row, situation.Why, str]]] = {}
        for part in self.parts:
            whys = situation.materials_of(part.procedure, self.answers(part), self.language)
            for why in whys:
                row = part.form.materials.row(why.material.id)
                found.setdefault(row.key, []).append((row, why, self._name(part.procedure)))
        order = list(situation.Need)
        shown = []
        for told in found.values():
            row, why, _item = min(told, key=lambda each: order.index(each[1].need))
            many = len(self.parts) > 1
            items = tuple(item for _row, each, item in told if each.need is why.need) if many else ()
            shown.append(MaterialOnPage(told[0][0] if row.received == told[0][0].received else row, why, items))
        return sorted(shown, key=lambda each: order.index(each.why.need))

    @property
    def wanted(self) -> list[MaterialOnPage]:
        """The materials with room for files: what is needed or may be, and whatever was handed in already."""
        needs = (situation.Need.NEEDED, situation.Need.OPEN)
        asked = [each for each in self.materials if not each.row.is_from_library]
        return [each for each in asked if each.why.need in needs or each.row.received or each.row.faults]

    @property
    def from_library(self) -> list[MaterialOnPage]:
        """The materials that the licence library has: shown, and asked of nobody."""
        return [
            each for each in self.materials
            if each.row.is_from_library and each.why.need is not situation.Need.NOT_NEEDED
        ]  # fmt: skip

    @cached_property
    def named(self) -> list[Named]:
        """The licences these applications are about, as the register knows them."""
        number = str(self.first["applicant.id_number"].value() or "")
        on, said = clock.today(), (self.language, "portal")
        found = (named_by(part.procedure, self.answers(part), self.actor, number, on, *said) for part in self.parts)
        return [each for each in found if each]

    @property
    def held(self) -> list[tuple[str, Held]]:
        """What the library has, as (the material's name, the licence)."""
        return [(each.row.name, each.row.library) for each in self.from_library if each.row.library]

    @property
    def unwanted(self) -> list[MaterialOnPage]:
        """The materials one need not hand in, with the reason."""
        wanted = {each.row.key for each in (*self.wanted, *self.from_library)}
        return [each for each in self.materials if each.row.key not in wanted]

    @property
    def missing(self) -> list[MaterialOnPage]:
        """What is needed and not here yet: it may be handed in without, and is then asked for in one notice.

        Not what a commitment that is signed stands for, nor what was promised for later.
        """
        settled = {
            part.form.materials.row(each).key
            for part in self.parts
            for each in (*self._covered(part), *self.promised(part))
        }
        return [each for each in self.materials if each.is_missing and each.row.key not in settled]

    # On the applicant's word

    @cached_property
    def word(self) -> list[OnWord]:
        """What each item offers on the applicant's word, and what was chosen."""
        return [self._on_word(part) for part in self.parts if part.procedure.commitment or gaps.periods(part.law)]

    def _on_word(self, part: Part) -> OnWord:
        code, language = part.procedure.code, self.language
        offer, on = part.procedure.commitment, clock.today()
        fits = offer is not None and situation.standing(offer.when, part.procedure, self.answers(part)) is not False
        open_to = self._may_follow(part)
        why_not = self._why_not(part) if (offer and fits) or open_to else ""
        return OnWord(
            item=self._name(part.procedure) if len(self.parts) > 1 else "",
            code=code,
            commitment=commitment_told(part.law, language) if fits else None,
            is_signed=self.signed(part) is not None,
            gaps=gaps_told(part.law, language, on, open_to) if open_to else None,
            materials=tuple(
                (each, part.form.materials.row(each).name, each in self.promised(part)) for each in open_to
            ),
            why_not=why_not,
            may_commit=not why_not and self._agent_may_commit(part),
        )

    @property
    def gives_word(self) -> bool:
        """Whether something is signed with the application."""
        return any(self.signed(part) or self.promised(part) for part in self.parts)

    def _why_not(self, part: Part) -> str:
        """Why nobody takes this applicant's word; "" where it is taken."""
        known = standing.of(self._party)
        return words.refusal(NotPossible("credit_excludes", standing=known), self.language).what if known else ""

    @property
    def _party(self) -> str:
        return self.actor.on_behalf_of if self.actor.kind is ActorKind.AGENT else self.actor.id

    def _agent_may_commit(self, part: Part) -> bool:
        if self.actor.kind is not ActorKind.AGENT:
            return True
        return may_commit_for(self.actor.id, self.actor.on_behalf_of, part.procedure.code, clock.today())

    def _may_follow(self, part: Part) -> tuple[str, ...]:
        """The materials of an item that are needed, not here, and may follow."""
        needs = situation.needed_ids(part.procedure, self.answers(part))
        covered = self._covered(part)
        return tuple(
            each
            for each in gaps.periods(part.law)
            if needs[each] is situation.Need.NEEDED
            and each not in covered
            and not part.form.materials.row(each).received
            and not part.form.materials.row(each).is_from_library
        )

    def _covered(self, part: Part) -> tuple[str, ...]:
        """The materials that the commitment stands for, where it is signed."""
        offer = part.procedure.commitment
        return offer.materials if offer and self.signed(part) else ()

    def signed(self, part: Part) -> Declaration | None:
        """The text of the commitment that was signed; None where none was, or where it says something else by now."""
        offer = part.procedure.commitment
        if offer is None or situation.standing(offer.when, part.procedure, self.answers(part)) is False:
            return None
        now = commitment.told(part.law)
        return now if self._typed.get(f"word.commit.{part.procedure.code}") == [now.digest] else None

    def promised(self, part: Part) -> tuple[str, ...]:
        """The materials that were promised for later, and still may be; none where another text was signed."""
        code = part.procedure.code
        if self._typed.get(f"word.told.{code}") != [gaps.told(part.law, clock.today()).digest]:
            return ()
        chosen = self._typed.get(f"word.gap.{code}", ())
        return tuple(each for each in self._may_follow(part) if each in chosen)

    @property
    def applicant_shown(self) -> list[Pair]:
        """The applicant's particulars as typed, for the preview. Their own page: nothing is masked before them."""
        return [Pair(str(field.label), _said(field)) for field in self.about_applicant if field.value()]

    @property
    def answers_shown(self) -> list[Pair]:
        """The questions with the answers, for the preview."""
        return [Pair(str(field.label), _said(field)) for asked in self.asked for field in asked.fields if field.value()]

    def ticked(self, box: str) -> bool:
        """Whether a box of the last page is ticked."""
        return bool(self._typed.get(box))

    @property
    def declaration(self) -> str:
        """What the applicant declares by handing in."""
        return words.declared_text(language=self.language)

    @property
    def e_service(self) -> bool:
        """Whether papers may be served electronically."""
        return self.ticked("e_service")

    @property
    def deliveries(self) -> list[tuple[str, str, bool]]:
        """The ways in which the result can reach the applicant, each with its words and whether it is chosen."""
        post = any(part.procedure.guide.express for part in self.parts)
        offered = ("electronic", *(("post",) if post else ()), "window", "agent")
        named = ((each, words.label("delivery_methods", each, self.language)) for each in offered)
        return [(each, label, each == self.delivery) for each, label in named]

    @property
    def delivery(self) -> str:
        """The way that was chosen; "" for none."""
        return next(iter(self._typed.get(DELIVERY, ())), "")

    @property
    def has_faults(self) -> bool:
        """Whether some file could not be received."""
        return any(part.form.materials.has_faults for part in self.parts)

    # What is typed

    @property
    def typed(self) -> Typed:
        """What was typed, with the tokens of every file received, to be kept in a draft."""
        kept = {name: values for name, values in self._typed.items() if not name.startswith("kept.")}
        for row in self._rows():
            if row.received:
                kept[f"kept.{row.key}"] = [each.token for each in row.received]
        return kept

    @property
    def file_ids(self) -> list[str]:
        """The files it waits with."""
        return [each.id for row in self._rows() for each in row.received]

    def _rows(self) -> list[Row]:
        rows: dict[str, Row] = {}
        for part in self.parts:
            for row in part.form.materials.rows:
                rows.setdefault(row.key, row)
        return list(rows.values())

    def answers(self, part: Part) -> dict[str, Any]:
        """The answers to one item's questions."""
        return part.form.answers

    # What is wrong

    @cached_property
    def problems(self) -> list[list[tuple[str, str]]]:
        """What the engine finds wrong, item by item, as (field path, code). NotPossible where it takes none at all."""
        found = []
        for part in self.parts:
            command = self.command(part, uuid.UUID(int=0), clock.now())
            try:
                decide(NEW, c.sealed(command, lambda path, personal: Ref("", "")), part.law)
            except BadInput as bad:
                found.append(list(bad.problems))
            else:
                found.append([])
            found[-1] += about_licence.problems(part.procedure, command, clock.today())
        return found

    def problems_on(self, page: str) -> bool:
        """Whether something of a page is wrong or missing."""
        if page == MATERIALS and self.has_faults:
            return True
        return any(page_of(path) == page for problems in self.problems for path, _code in problems)

    def show_problems(self, page: str | None = None) -> None:
        """Put what is wrong beside its field; only what stands on one page, where one is named."""
        for part, problems in zip(self.parts, self.problems, strict=True):
            part.form.add_problems([each for each in problems if page in (None, page_of(each[0]))])

    @property
    def wrong_fields(self) -> list[tuple[str, str, str]]:
        """What is wrong, as (page, id of the field, its label), each field once."""
        found: dict[str, tuple[str, str, str]] = {}
        for part in self.parts:
            form = part.form
            for name in form.errors:
                if name in form.fields:
                    found.setdefault(form[name].auto_id, (page_of(name), form[name].auto_id, str(form[name].label)))
            for row in form.materials.rows:
                if row.faults:
                    found.setdefault(f"f-file.{row.key}", (MATERIALS, f"f-file.{row.key}", row.name))
        return list(found.values())

    # Handing in

    def command(self, part: Part, key: uuid.UUID, at: datetime) -> c.Submit:
        """The application for one item, without answers to questions that do not apply."""
        command = part.form.command(key, at)
        given = situation.without_idle(part.procedure, command.answers.value)
        declared = words.declaration() if self.ticked("declared") else None
        follows = self.promised(part)
        return replace(
            command,
            answers=c.Personal(given),
            e_service=self.ticked("e_service"),
            declaration=declared,
            commitment=self.signed(part),
            gaps=follows,
            gaps_told=gaps.told(part.law, clock.today()) if follows else None,
        )

    def body(self, part: Part, command: c.Submit) -> bytes:
        """What is handed in for one item, as bytes that are the same when the same is handed in again."""
        signed = [each.digest for each in (command.commitment, command.gaps_told) if each]
        return part.form.body(command) + "|".join([*signed, *command.gaps]).encode()

    def key_of(self, part: Part, key: uuid.UUID) -> uuid.UUID:
        """The idempotency key of one item: the form's own, or one made from it where there are several."""
        return key if len(self.parts) == 1 else uuid.uuid5(key, part.procedure.code)

    def separate(self, part: Part) -> None:
        """Give an item copies of the files that an item before it hands in too: a file belongs to one case."""
        before = self.parts[: self.parts.index(part)]
        separate(part.form, [each.form for each in before], self.actor.id)

    def _name(self, procedure: Procedure) -> str:
        return (self.language == "en" and procedure.english) or procedure.name


def take_over(form: ApplicationForm, before: Sequence[ApplicationForm], shared: frozenset[str]) -> None:
    """Let a form have the files of what an item before it asks for too."""
    known = {row.key: row for each in before for row in each.materials.rows}
    for row in form.materials.rows:
        if f"file.{row.key}" in shared and row.key in known:
            row.received = list(known[row.key].received)


def separate(form: ApplicationForm, before: Sequence[ApplicationForm], owner: str) -> None:
    """Give a form copies of the files that an item before it hands in too: a file belongs to one case."""
    used = {each.id for other in before for row in other.materials.rows for each in row.received}
    for row in form.materials.rows:
        row.received = [copied(each, owner) if each.id in used else each for each in row.received]


class FieldNames:
    """How questions and materials of several items are called in one form: the same where they are the same."""

    def __init__(self) -> None:
        self._known: dict[str, Any] = {}

    def of(self, procedure: Procedure) -> tuple[Names, frozenset[str]]:
        """How this item's ids are called, and the names of the fields that an item before it has already."""
        shared: set[str] = set()
        questions, materials = {}, {}
        for question in procedure.questions:
            values = tuple(each.value for each in question.choices)
            meaning = (question.label, question.type, values)
            questions[question.id] = self._name(f"answers.{question.id}", meaning, shared)
        for material in procedure.materials:
            materials[material.id] = self._name(f"file.{material.id}", (material.name,), shared)
        return Names(lambda id: questions.get(id, id), lambda id: materials.get(id, id)), frozenset(shared)

    def _name(self, plain: str, meaning: Any, shared: set[str]) -> str:
        name, nth = plain, 1
        while name in self._known and self._known[name] != meaning:
            nth += 1
            name = f"{plain}.{nth}"
        if name in self._known:
            shared.add(name)
        self._known[name] = meaning
        return name.partition(".")[2]


def page_of(path: str) -> str:
    """The page a field stands on."""
    first = path.partition(".")[0]
    pages = {"applicant": APPLICANT, "answers": QUESTIONS, "provided": MATERIALS, "file": MATERIALS, "word": WORD}
    return pages.get(first, CHECK)


def merged(before: Typed, page: str, posted: QueryDict) -> Typed:
    """What was typed before with the fields of one page as they were sent now.

    A choice that was not sent stays as it was: nobody can take a choice back, and it may not have been shown.
    """
    typed = dict(before)
    for name in posted:
        if page_of(name) == page and name.partition(".")[0] in ("applicant", "answers"):
            typed[name] = posted.getlist(name)
    if page == WORD:  # what was not ticked is not sent: everything of the page is said anew
        typed = {name: values for name, values in typed.items() if not name.startswith("word.")}
        typed |= {name: posted.getlist(name) for name in posted if name.startswith("word.")}
    if page == CHECK:
        for box in BOXES:
            typed[box] = posted.getlist(box)
        if DELIVERY in posted:
            typed[DELIVERY] = posted.getlist(DELIVERY)
    typed[SEEN] = list(dict.fromkeys([*before.get(SEEN, ()), page]))
    return typed


def started(known: Mapping[str, str], answers: Typed) -> Typed:
    """What stands in a form that nobody has touched yet."""
    typed = {f"applicant.{field}": [value] for field, value in known.items()}
    typed |= {name: values for name, values in answers.items() if page_of(name) == QUESTIONS}
    return typed


def _said(field: BoundField) -> str:
    choices = dict(getattr(field.field, "choices", ()))
    value = str(field.value() or "")
    return str(choices.get(value, value))
