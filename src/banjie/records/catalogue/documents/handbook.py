"""The business handbook (业务手册): of each post its duties, powers and liabilities, its steps, and what it may not do.

A handbook has no text of its own beside the published version: it names that version, its digest and the day it takes
effect, so it can only be changed by publishing another (M042, M043).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from banjie import words
from banjie.engine.guide import PostDuty
from banjie.engine.law import Duty, Procedure
from banjie.engine.not_possible import NotPossible
from banjie.engine.steps import KINDS
from banjie.records.catalogue.documents.paper import Line, Words, digest_of
from banjie.words.catalogue import DEFAULT, catalogue, fill

OWN = {"clerk": Duty.INTAKE, "decider": Duty.DECIDE, "supervisor": Duty.SUPERVISE}
"""The duty of a post that carries no step."""


@dataclass(frozen=True, slots=True)
class Handbook:
    """The page of one post of one unit. `steps`: its own (`text`: people, limit). `may_not`: the separation matrix."""

    code: str
    version: int
    digest: str
    effective_from: date
    name: str
    post: str
    post_name: str
    unit: str
    unit_name: str
    duties: tuple[str, ...]
    powers: tuple[str, ...]
    liabilities: tuple[str, ...]
    steps: tuple[Line, ...]
    may_not: tuple[str, ...]
    change: str


def handbooks_of(procedure: Procedure, language: str = DEFAULT) -> tuple[Handbook, ...]:
    """The pages of every post of the handbook, in its order."""
    said = Words(procedure, language)
    return tuple(_page(each, said) for each in procedure.guide.posts)


def handbook_of(procedure: Procedure, post: str, language: str = DEFAULT, unit: str = "") -> Handbook:
    """The page of a post (of a unit, where several units have it). NotPossible("no_such_post")."""
    for each in procedure.guide.posts:
        if each.post == post and unit in ("", each.unit):
            return _page(each, Words(procedure, language))
    raise NotPossible("no_such_post", post=post)


def _page(written: PostDuty, said: Words) -> Handbook:
    procedure, language = said.procedure, said.language
    return Handbook(
        code=procedure.code,
        version=procedure.version,
        digest=digest_of(procedure),
        effective_from=procedure.effective_from,
        name=said.own(procedure),
        post=written.post,
        post_name=words.label("posts", written.post, language),
        unit=written.unit,
        unit_name=said.called("unit", written.unit),
        duties=written.duties,
        powers=written.powers,
        liabilities=written.liabilities,
        steps=tuple(_steps(written, said)),
        may_not=tuple(_may_not(written, said)),
        change=_said("change", language, version=str(procedure.version)),
    )


def _steps(written: PostDuty, said: Words) -> Iterator[Line]:
    procedure = said.procedure
    if (written.post, written.unit) == ("clerk", procedure.receives):
        yield Line(said.limit(procedure.notice_limit), words.label("flow", "receipt", said.language))
    for each in procedure.steps:
        if (each.post, each.unit) == (written.post, written.unit):
            people = max(each.people, KINDS[each.kind].people)
            told = _said("people", said.language, people=str(people)) if people > 1 else ""
            yield Line(said.clauses((told, said.limit(each.limit))), said.own(each), each.basis, each.when)
    if (written.post, written.unit) == ("decider", procedure.decides):
        limit = procedure.committed_limit or procedure.statutory_limit
        yield Line(said.limit(limit), words.label("flow", "decision", said.language))
    if written.unit == procedure.serves and written.post in ("clerk", "licence_clerk"):
        yield Line(said.limit(procedure.certificate_limit), words.label("flow", "service", said.language))


def _own_duties(written: PostDuty, procedure: Procedure) -> list[Duty]:
    own = [OWN[written.post]] if written.post in OWN else []
    own += [KINDS[each.kind].duty for each in procedure.steps if (each.post, each.unit) == (written.post, written.unit)]
    return list(dict.fromkeys(own))


def _may_not(written: PostDuty, said: Words) -> Iterator[str]:
    """What the same person may not do on the same case, and who alone decides."""
    own = _own_duties(written, said.procedure)
    for done in own:
        others = [each for each in Duty if each is not done and not {each, done} <= said.procedure.merged]
        if others:
            names = said.listed(words.label("duties", each, said.language) for each in others)
            yield _said("apart", said.language, done=words.label("duties", done, said.language), others=names)
    if Duty.DECIDE not in own and not any({each, Duty.DECIDE} <= said.procedure.merged for each in own):
        yield _said("not_decide", said.language, unit=said.called("unit", said.procedure.decides))
    yield _said("nothing_more", said.language)


def _said(code: str, language: str, **facts: str) -> str:
    return fill(catalogue(language)["handbook"][code], facts)
