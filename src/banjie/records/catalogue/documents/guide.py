"""The public guide (办事指南): what both lists of elements ask for, the eight disclosures marked, four answers."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from banjie.engine.law import Material, Procedure, Provider
from banjie.records.catalogue import flow
from banjie.records.catalogue.documents.paper import Line, Section, Words
from banjie.records.catalogue.naming import value_in_words
from banjie.words.catalogue import DEFAULT
from banjie.words.money import yuan


@dataclass(frozen=True, slots=True)
class PublicGuide:
    """`edition`: the standard it follows (M046). `answers`: where, whom, what, how (M054)."""

    code: str
    version: int
    name: str
    edition: str
    effective_from: date
    sections: tuple[Section, ...]
    answers: tuple[Section, ...]

    def section(self, code: str) -> Section:
        """The section of this code; KeyError."""
        for each in (*self.sections, *self.answers):
            if each.code == code:
                return each
        raise KeyError(code)


def guide_of(procedure: Procedure, language: str = DEFAULT) -> PublicGuide:
    """The guide of a version. A section without lines says that nothing was filled in."""
    said = Words(procedure, language)
    return PublicGuide(
        code=procedure.code,
        version=procedure.version,
        name=said.own(procedure),
        edition=procedure.guide.edition,
        effective_from=procedure.effective_from,
        sections=(
            said.section("item", _item(said)),
            said.section("subject", _subject(said), disclosed=True),
            said.section("basis", _basis(said), disclosed=True),
            said.section("conditions", _conditions(said), disclosed=True),
            said.section("materials", _materials(said)),
            said.section("procedure", [Line(procedure.guide.flow)], disclosed=True),
            said.section("phases", [Line(each) for each in flow.in_words(procedure, language)]),
            said.section("limits", _limits(said), disclosed=True),
            said.section("special", _special(said)),
            said.section("result", _result(said), disclosed=True),
            said.section("fee_basis", _fee_basis(said), disclosed=True),
            said.section("fee_standard", _fee_standard(said), disclosed=True),
            said.section("places", _places(said)),
            said.section("ways", _ways(said)),
            said.section("before", _before(said)),
            said.section("help", _help(said)),
            said.section("remedies", _remedies(said)),
            said.section("faq", [Line(each.answer, each.question) for each in procedure.guide.faq]),
        ),
        answers=(
            said.section("where", _where(said)),
            said.section("whom", _whom(said)),
            said.section("what", _what(said)),
            said.section("how", _how(said)),
        ),
    )


Lines = Iterator[Line | None]


def _item(said: Words) -> Lines:
    procedure, guide = said.procedure, said.procedure.guide
    yield Line(said.own(procedure), said.heading("name"))
    yield said.field("code", procedure.code)
    yield said.field("version", procedure.version)
    yield said.field("effective_from", procedure.effective_from)
    yield said.field("summary", (said.english and procedure.summary_english) or procedure.summary)
    yield said.field("item_name", guide.item_name)
    yield said.field("variant", guide.variant)
    yield said.field("category", guide.category)
    yield said.field("served", guide.served)
    yield said.field("instant", procedure.instant)
    yield said.field("edition", guide.edition)


def _subject(said: Words) -> Lines:
    procedure, guide = said.procedure, said.procedure.guide
    agency = procedure.agency_of(procedure.decides)
    if agency:
        yield Line(said.called("agency", agency), said.heading("subject"))
    yield said.field("receives", said.called("unit", procedure.receives))
    yield said.field("decides", said.called("unit", procedure.decides))
    yield said.field("power_source", guide.power_source)
    yield said.field("entrusting", guide.entrusting)
    yield said.field("joint", [said.called("agency", each) for each in guide.joint])
    yield said.field("supervises", said.called("unit", procedure.supervises))


def _basis(said: Words) -> Lines:
    cited = [said.basis(each) for each in said.procedure.guide.bases if each.of in ("item", "power", "reform")]
    yield from cited
    known = {each.text for each in cited}
    yield from (Line(each) for each in said.procedure.basis if each not in known)


def _conditions(said: Words) -> Lines:
    yield said.field("conditions", said.procedure.guide.conditions)
    for each in said.procedure.criteria:
        yield Line(said.own(each, "text"), basis=each.basis)
    yield said.field("quantity", said.procedure.guide.quantity)


def _materials(said: Words) -> Lines:
    for each in said.procedure.materials:
        yield Line(said.clauses(_of_material(each, said)), said.own(each), each.basis, each.when)


def _of_material(material: Material, said: Words) -> Iterator[str]:
    yield value_in_words("materials", "provider", material.provider, said.language)
    if not material.necessary:
        yield said.heading("not_needed")
    if material.provider is Provider.APPLICANT:
        for name in ("originals", "copies"):
            number = getattr(material, name)
            if number and (line := said.field(name, number, "materials")):
                yield f"{line.name} {line.text}"
    yield value_in_words("materials", "form", material.form, said.language)
    yield material.standard
    if late := said.field("may_be_late", material.may_be_late, "materials"):
        yield f"{late.name} {late.text}"


def _limits(said: Words) -> Lines:
    procedure = said.procedure
    terms = {each.of: each for each in procedure.guide.terms}
    bases = {each.of: f"{each.title} {each.article}".strip() for each in procedure.guide.bases}
    told = {
        "statutory": ("statutory_limit", procedure.statutory_limit if procedure.has_statutory_limit else None),
        "committed": ("committed_limit", procedure.committed_limit),
        "notice": ("notice_limit", procedure.notice_limit),
        "correction": ("correction_period", procedure.correction_period),
        "preliminary": ("forwarding.limit", procedure.forwarding.limit if procedure.forwarding else None),
        "certificate": ("certificate_limit", procedure.certificate_limit),
        "extension": ("extension.length", procedure.extension.length if procedure.extension else None),
        "total": ("total_promise", procedure.total_promise),
    }
    for of, (field, limit) in told.items():
        line, term = said.field(field, limit), terms.get(of)
        if line and term:
            starts = term.event or value_in_words("", "starts", term.starts, said.language)
            line = Line(said.clauses((line.text, said.heading("starts") + starts, term.reading)), line.name)
        yield Line(line.text, line.name, bases.get(of, "")) if line else None


def _special(said: Words) -> Lines:
    procedure = said.procedure
    times = {each.ground: each.time for each in procedure.guide.pause_times}
    for each in procedure.pause_grounds:
        yield Line(times.get(each.id) or said.limit(each.cap) or said.heading("as_told"), said.own(each), each.basis)
    for step in procedure.guide.special_steps:
        yield Line(said.limit(step.cap), said.own(step), step.basis)


def _result(said: Words) -> Lines:
    procedure, guide = said.procedure, said.procedure.guide
    yield said.field("result_name", guide.result_name)
    yield said.field("result_kind", guide.result_kind)
    yield said.field("validity", guide.validity)
    yield said.field("renewal", guide.renewal)
    yield said.field("annual", guide.annual)
    yield said.field("result_sample", guide.result_sample)
    yield said.field("serves", said.called("unit", procedure.serves)) if guide.result_name else None


def _fee_basis(said: Words) -> Lines:
    for each in said.procedure.guide.fees:
        yield Line(each.basis, each.name)
    if not said.procedure.guide.fees:
        yield Line(said.procedure.guide.fee_basis or value_in_words("", "fee", said.procedure.fee, said.language))


def _fee_standard(said: Words) -> Lines:
    for each in said.procedure.guide.fees:
        one = yuan(each.amount, said.language) + (f"/{each.per}" if each.per else "") if each.amount else ""
        yield Line(said.clauses((one, each.standard, each.reduction)), each.name)
    if not said.procedure.guide.fees:
        yield Line(value_in_words("", "fee", said.procedure.fee, said.language))


def _places(said: Words) -> Lines:
    for each in said.procedure.guide.places:
        yield Line(said.clauses((each.address, each.hours, each.phone)), each.name)
    yield said.field("accepted_scope", said.procedure.guide.accepted_scope)
    yield said.field("entered_centre", said.procedure.guide.entered_centre)


def _ways(said: Words) -> Lines:
    procedure, guide = said.procedure, said.procedure.guide
    yield said.field("channels", guide.channels)
    yield said.field("online_depth", guide.online_depth)
    yield said.field("offline_reason", guide.offline_reason)
    yield said.field("visits", procedure.visits)
    yield said.field("visit_reason", guide.visit_reason)
    for name in ("appointment", "express", "pays_online", "kiosk"):
        yield said.field(name, getattr(guide, name))


def _before(said: Words) -> Lines:
    """What must be there before one applies."""
    for prerequisite in said.procedure.guide.prerequisites:
        yield Line(prerequisite.agency or prerequisite.item, prerequisite.name, prerequisite.basis)
    for service in said.procedure.guide.intermediaries:
        yield Line(said.called("material", service.material), service.name, service.basis)
    for proof in said.procedure.guide.proofs:
        yield Line(said.clauses((said.called("material", proof.material), proof.issuer)), proof.name, proof.basis)


def _help(said: Words) -> Lines:
    yield said.field("enquiries", said.procedure.guide.enquiries)
    yield said.field("complaints", said.procedure.guide.complaints)


def _remedies(said: Words) -> Lines:
    deciding = said.procedure.agency_of(said.procedure.decides)
    for each in said.procedure.agencies:
        if each.id == deciding:
            yield said.field("reconsideration", each.reconsideration, "agencies")
            yield said.field("court", each.court, "agencies")


# The four answers (M054)


def _where(said: Words) -> Lines:
    yield from _places(said)
    yield said.field("channels", said.procedure.guide.channels)


def _whom(said: Words) -> Lines:
    yield said.field("receives", said.called("unit", said.procedure.receives))
    yield from _help(said)


def _what(said: Words) -> Lines:
    yield Line(said.own(said.procedure), said.heading("name"))
    yield said.field("summary", (said.english and said.procedure.summary_english) or said.procedure.summary)
    yield said.field("conditions", said.procedure.guide.conditions)
    yield said.field("result_name", said.procedure.guide.result_name)


def _how(said: Words) -> Lines:
    procedure = said.procedure
    yield said.field("flow", procedure.guide.flow)
    needed = said.clauses(said.own(each) for each in procedure.materials if each.necessary)
    yield said.field("materials", needed)
    yield said.field("committed_limit", procedure.committed_limit)
    if procedure.has_statutory_limit:
        yield said.field("statutory_limit", procedure.statutory_limit)
    yield said.field("fee", procedure.fee)
    yield said.field("visits", procedure.visits)
