"""What a draft is told: the gate's findings with where to mend each, vague clauses, and who has signed."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.urls import reverse

from banjie import words
from banjie.engine import codec
from banjie.engine.commands import Actor
from banjie.engine.law import Procedure
from banjie.engine.not_possible import NotPossible
from banjie.engine.timelimits import Limit
from banjie.faces.desk.items.sections import FIELD_OF, SECTION_OF, SECTIONS
from banjie.records.catalogue import drafts, edition, naming
from banjie.records.catalogue.models import Draft
from banjie.records.organisation.queries import display_name

BY_FACT = {"material": "materials", "criterion": "criteria", "question": "questions", "step": "steps"}
"""Facts that name a row, and the rows they are of."""


@dataclass(frozen=True, slots=True)
class Told:
    """A finding or flag: what it is, what to do, the section where it is mended, and the address of its field there."""

    code: str
    what: str
    next: str
    section: str
    address: str


@dataclass(frozen=True, slots=True)
class Signed:
    """One of the three offices: whether this very content is signed, by whom and when, and whether one may do it."""

    office: str
    name: str = ""
    at: datetime | None = None
    may_sign: bool = False


def findings(draft: Draft, procedure: Procedure, on: date, language: str) -> list[Told]:
    """Everything that stands between the draft and publication, live."""
    return list(_told(draft, procedure, _findings(procedure, on), language))


def flags(draft: Draft, procedure: Procedure, language: str) -> list[Told]:
    """Vague clauses, which are not refused."""
    return list(_told(draft, procedure, drafts.flags(procedure), language))


def count(draft: Draft, on: date) -> int:
    """How many findings a draft has. Kept while draft and catalogue are the same; a change of staff shows next day."""
    return _count(draft.id.hex, draft.digest, on, edition.current())


@lru_cache(maxsize=2048)
def _count(draft_id: str, digest: str, on: date, number: int) -> int:
    procedure = drafts.procedure_of(Draft.objects.get(id=draft_id))
    return sum(1 for _ in _findings(procedure, on))


def _findings(procedure: Procedure, on: date) -> Iterator[NotPossible]:
    """The gate's findings; what is 示例 is told section by section, where it is confirmed."""
    for no in drafts.findings(procedure, on):
        if no.code != "example_fields":
            yield no
            continue
        by_section: dict[str, list[str]] = {}
        for name in no.facts["fields"]:
            by_section.setdefault(SECTION_OF.get(_top(name), next(iter(SECTIONS))), []).append(name)
        for section in SECTIONS:
            if section in by_section:
                yield NotPossible("example_fields", fields=by_section[section])


def _top(name: str) -> str:
    """The field of a procedure that a path begins with."""
    return ".".join(name.split(".")[: 2 if name.startswith("guide.") else 1])


def signatures(draft: Draft, actor: Actor, language: str) -> list[Signed]:
    """The three offices in their order."""
    given = {each.office: each for each in draft.sign_offs.filter(digest=draft.digest)}
    has_signed = any(each.by == actor.id for each in given.values())
    found = []
    for office, post in drafts.OFFICES.items():
        sign = given.get(office)
        if sign:
            found.append(Signed(office, display_name(sign.by, language) or sign.by, sign.at))
        else:
            found.append(Signed(office, may_sign=post in actor.posts and not has_signed))
    return found


def _told(draft: Draft, procedure: Procedure, found: Iterable[NotPossible], language: str) -> Iterator[Told]:
    names = words.names_of(procedure, language)
    unsaid = words.label("phrases", "nothing_published", language)
    for no in found:
        refusal = words.refusal_of(no.code, _named(no, language), language, names)
        field, anchor = _place(no, procedure)
        section = SECTION_OF.get(field, next(iter(SECTIONS)))
        address = f"{reverse('desk:draft_section', args=[draft.id, section])}#{anchor}"
        yield Told(no.code, refusal.what.removesuffix(unsaid).strip(), refusal.next, section, address)


def _named(no: NotPossible, language: str) -> dict[str, Any]:
    """Its facts with fields called by their names, not by their paths."""
    facts = dict(no.facts)
    if isinstance(facts.get("field"), str):
        facts["field"] = field_name(facts["field"], language)
    if isinstance(facts.get("fields"), list):
        facts["fields"] = list(dict.fromkeys(field_name(str(each), language) for each in facts["fields"]))
    return facts


def field_name(path: str, language: str) -> str:
    """What a field of a procedure is called, by its path: `guide.places`, `steps.site_survey.unit`."""
    parts = path.removeprefix("guide.").split(".")
    top = naming.element_name("", parts[0], language)
    return top if len(parts) == 1 else f"{top} · {naming.element_name(parts[0], parts[-1], language)}"


def value(held: Any, path: str, language: str) -> str:
    """The value of a field in words, or of what a base item has for it, as plain data."""
    if isinstance(held, Mapping):
        held = codec.from_plain(Limit, held)
    return naming.value_in_words("", path.rpartition(".")[2], held, language)


def _place(no: NotPossible, procedure: Procedure) -> tuple[str, str]:
    """The field where this is mended, and the anchor of it or of its row."""
    where = str(no.facts.get("where") or no.facts.get("field") or "")
    if where:
        top, _, row = where.partition(".") if not where.startswith("guide.") else (where, "", "")
        return top, _anchor(top, row, procedure)
    fields = no.facts.get("fields")
    if no.code == "example_fields" and isinstance(fields, list):
        top = _top(str(fields[0]))
        return top, f"f-{top}"
    if no.code in FIELD_OF and FIELD_OF[no.code] not in BY_FACT.values():
        return FIELD_OF[no.code], f"f-{FIELD_OF[no.code]}"
    for fact, rows in BY_FACT.items():
        if fact in no.facts:
            return rows, _anchor(rows, str(no.facts[fact]), procedure)
    field = FIELD_OF.get(no.code, "name")
    return field, f"f-{field}"


def _anchor(top: str, row: str, procedure: Procedure) -> str:
    rows = getattr(procedure, top, ()) if top in BY_FACT.values() else ()
    for number, each in enumerate(rows):
        if row in (getattr(each, "id", None), getattr(each, "slug", None)):
            return f"row-{top}.{number}"
    return f"f-{top}"
