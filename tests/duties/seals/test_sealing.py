"""The seal service (card T15): nothing is signed without a decision, and every no stays on record."""

import hashlib
import os
import subprocess
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction

from banjie.command import main
from banjie.duties.papers import register as papers
from banjie.duties.papers import sealing as paper_sealing
from banjie.duties.papers.models import Paper
from banjie.duties.seals import orders, rebuild, reconciling, register, sealing
from banjie.duties.seals.models import Refusal, Seal, Use
from banjie.duties.seals.register import Given
from banjie.duties.seals.sealing import Request
from banjie.engine import commands as c
from banjie.engine.codec import instant
from banjie.engine.events import Person
from banjie.engine.not_possible import BadInput, NotPossible
from banjie.store.log import queries, read
from banjie.store.signing import custody, pades, seal_keys
from banjie.web import clock
from tests import tools
from tests.county import County
from tests.databases import Database
from tests.duties.seals.papers import (
    LICENSING,
    OLD,
    ONE_SEAL,
    OTHERS,
    granted,
    ordered,
    request,
    seal_of,
    seal_stream,
    typeset,
)
from tests.faces.cases import filed

pytestmark = pytest.mark.database
SEALS = 1000 if os.environ.get("BANJIE_SOAK") else 30


def refused(pdf: bytes, asked: Request) -> str:
    """The code of a refusal, which is on record with it, and for which no key was used."""
    counts = {each.code: seal_keys.journal(each.code).count() for each in Seal.objects.all()}
    known = Refusal.objects.count()

    with pytest.raises(NotPossible) as no:
        sealing.seal(pdf, asked)

    assert {code: seal_keys.journal(code).count() for code in counts} == counts
    assert Refusal.objects.count() == known + 1
    row = Refusal.objects.order_by("-position").filter(code=no.value.code).latest("position")
    assert (row.kind, row.agency) == (asked.kind, asked.agency)
    assert [each.kind for each in read.entries(row.stream)][row.position - 1] == "refused"
    return no.value.code


@pytest.mark.requirement("M167", "M168")
def test_no_path_leads_to_a_signature_without_the_decision_and_every_refusal_is_on_record(county: County) -> None:
    case = granted(county)
    decision, pdf = typeset(case, "decision_to_grant")

    def no(bytes_: bytes = pdf, **other: Any) -> str:
        return refused(bytes_, request(decision, **other))

    assert no() == "step_up_needed"
    ordered(county, decision)
    assert no(kind="decision_to_refuse") == "no_decision_to_seal"
    assert no(position=1) == "no_decision_to_seal"
    assert no(case=uuid4()) == "no_decision_to_seal"
    assert no(paper=uuid4()) == "no_such_paper"
    assert no(kind="hearing_minutes") == "not_to_be_sealed"
    assert no(pdf + b"\n") == "document_changed"
    assert no(pdf + b"\n", digest=hashlib.sha256(pdf + b"\n").digest()) == "document_changed"
    assert no(version=2) == "document_changed"
    assert no(agency="human-resources") == "not_the_deciding_agency"
    assert no(agency="market-regulation") == "seal_sealed_away"
    assert no(seal=seal_stream(OLD)) == "seal_sealed_away"
    assert no(seal=seal_stream(OTHERS)) == "not_the_deciding_agency"
    assert no(seal=seal_stream(LICENSING)) == "not_the_seal_for_this"
    assert no(seal=uuid4()) == "no_such_seal"
    assert no(agency="county-government") == "no_seal"
    assert Use.objects.count() == 0

    made = sealing.seal(pdf, request(decision))

    (found,) = pades.check(made, custody.keys().authority())
    assert (found.code, found.is_sound) == (ONE_SEAL, True)
    assert no() == "already_sealed"
    assert all(each.agrees for each in reconciling.reconcile(clock.now()))
    assert Refusal.objects.count() == 17


@pytest.mark.requirement("M167")
def test_a_transferred_items_decision_takes_the_bureaus_one_seal_and_the_departments_is_refused(county: County) -> None:
    decision, pdf = typeset(granted(county), "decision_to_grant")
    old = seal_of(OLD)
    ordered(county, decision)

    assert refused(pdf, request(decision, seal=old.stream)) == "seal_sealed_away"
    sealing.seal(pdf, request(decision))

    use = Use.objects.get()
    assert (use.seal.code, use.seal.name) == (ONE_SEAL, "云岭县行政审批局行政审批专用章")
    row = Refusal.objects.get()
    assert (row.seal, row.paper, row.by) == (old, decision.stream, sealing.BY_ITSELF)


def test_what_was_taken_back_or_overtaken_is_not_sealed(county: County) -> None:
    case = filed(county).accepted()
    notice, pdf = typeset(case, "acceptance_notice")
    case.do("clerk", lambda given: c.TakeBack(**given))

    assert refused(pdf, request(notice)) == "decision_taken_back"
    with transaction.atomic():
        papers.void(case.stream, notice.position, clock.now(), uuid4())
    assert refused(pdf, request(notice)) == "paper_voided"

    case.accepted()
    again, pdf = typeset(case, "acceptance_notice")
    assert again.position > notice.position
    sealing.seal(pdf, request(again))
    assert Use.objects.get().paper == again.stream

    # Nor what a later fact has overtaken: an extension that was taken back, a case that never was one.
    why = c.Personal("需要核实的情况较多。")
    case.do("head_of_agency", lambda given: c.Extend(**given, reasons=why))
    extended, pdf = typeset(case, "extension_notice")
    case.do("head_of_agency", lambda given: c.RevokeExtension(**given, reasons=why))
    assert refused(pdf, request(extended)) == "decision_overtaken"
    void, second = filed(county), county.actor("section_head")
    receipt, pdf = typeset(void, "collection_receipt")
    void.do("clerk", lambda given: c.Void(**given, reason="test", second=Person(second.id, second.unit)))
    assert refused(pdf, request(receipt)) == "decision_overtaken"


def test_a_seal_that_nobody_has_taken_into_use_or_whose_key_is_away_signs_nothing(county: County) -> None:
    notice, pdf = typeset(filed(county).accepted(), "acceptance_notice")
    keeper = county.actor("seal_keeper")
    given = Given(notice.agency, "licensing", "行政许可专用章", "9999210000198", (keeper.id,))
    new = register.register(given, keeper, uuid4(), clock.now())

    assert refused(pdf, request(notice, seal=new.stream)) == "seal_not_in_use"
    Seal.objects.filter(code=LICENSING).update(is_demo=False)  # of a real one no key is made by itself
    assert refused(pdf, request(notice)) == "seal_key_away"
    assert Use.objects.count() == 0


def test_only_a_keeper_of_this_seal_who_has_shown_who_they_are_has_a_decision_sealed(county: County) -> None:
    decision, _ = typeset(granted(county), "decision_to_grant")
    notice, _ = typeset(filed(county).accepted(), "acceptance_notice")

    def no(of: Paper = decision, **other: Any) -> str:
        with pytest.raises(NotPossible) as problem:
            ordered(county, of, **other)
        return problem.value.code

    assert no(assertion="") == "step_up_needed"
    assert no(role="decider") == "needs_seal_keeper"
    assert no(role="applicant") == "staff_only"
    assert no(role="other_seal_keeper") == "not_the_keeper"
    assert no(of=notice) == "not_by_the_keeper"
    with pytest.raises(NotPossible, match="document_changed"):
        orders.order([(decision.stream, 1, "0" * 64)], county.actor("seal_keeper"), "password@1", clock.now(), uuid4())
    with pytest.raises(BadInput):
        ordered(county)

    ordered(county, decision)

    (fact,) = [each for each in read.entries(seal_stream(ONE_SEAL)) if each.kind == "ordered"]
    assert (fact.assertion, fact.actor) == ("password@1", county.actor("seal_keeper").id)
    assert orders.is_ordered(decision.stream, 1, decision.digest)


def test_notices_seal_themselves_only_while_the_keeper_allows_their_template(county: County) -> None:
    notice, pdf = typeset(filed(county).accepted(), "acceptance_notice")
    seal, papers_, by = seal_stream(LICENSING), [(notice.kind, notice.template)], county.actor("seal_keeper")
    register.withdraw_authority(seal, papers_, by, uuid4(), clock.now())

    assert refused(pdf, request(notice)) == "no_authority"

    with pytest.raises(NotPossible, match="step_up_needed"):
        register.give_authority(seal, papers_, by, "", uuid4(), clock.now())
    register.give_authority(seal, papers_, by, "password@1", uuid4(), clock.now())
    sealing.seal(pdf, request(notice))

    assert Use.objects.get().seal.code == LICENSING


def test_a_seal_is_not_used_without_a_witness(installed: Database) -> None:
    created = instant(queries.installation().created_at)
    asked = Request(
        kind="decision_to_grant",
        agency="anybody",
        paper=uuid4(),
        version=1,
        case=uuid4(),
        position=1,
        digest=b"",
        at=created + timedelta(hours=25),
        by=None,
        command_id=uuid4(),
    )

    assert refused(b"", asked) == "no_witness"


def test_every_use_counts_up_and_a_killed_one_is_told_from_a_forged_one(county: County) -> None:
    case = filed(county).accepted()
    notice, pdf = typeset(case, "acceptance_notice")
    now = clock.now()

    class Killed(Exception):
        pass

    def killed(made: bytes) -> None:
        raise Killed

    with pytest.raises(Killed):
        sealing.seal(pdf, request(notice), keep=killed)
    assert Use.objects.count() == 0
    kept: list[bytes] = []
    made = sealing.seal(pdf, request(notice), keep=kept.append)

    for _ in range(SEALS - 1):
        with transaction.atomic():
            more = papers.make_out(
                notice.kind, notice.agency, case.stream, notice.position, now, uuid4(), item=county.code()
            )
        sealing.seal(paper_sealing.typeset(more, now), request(more))

    assert kept == [made]
    assert Use.objects.get(paper=notice.stream).sealed == hashlib.sha256(made).hexdigest()
    numbers = sorted(Use.objects.values_list("number", flat=True))
    assert numbers == list(range(2, SEALS + 2))
    found = reconciling.compare(seal_of(LICENSING))
    assert (found.counted, found.on_record, found.unfinished, found.agrees) == (SEALS + 1, SEALS, 1, True)
    with pytest.raises(NotPossible, match="already_sealed"):
        sealing.seal(pdf, request(notice))

    forged = pades.sign(pdf, custody.keys().signer(LICENSING), pades_drawing())

    assert pades.check(forged, custody.keys().authority())[0].is_sound
    assert reconciling.look(now) == 1
    row = seal_of(LICENSING)
    (fact,) = [each for each in read.entries(row.stream) if each.kind == "differs"]
    assert (row.difference, read.plain(fact)["numbers"]) == (1, [SEALS + 2])
    assert reconciling.look(now + timedelta(minutes=6)) == 0, "it is said once"

    rows = {model: list(model._base_manager.order_by("pk").values()) for model in rebuild.MODELS}
    rebuild.rebuild()
    assert {model: list(model._base_manager.order_by("pk").values()) for model in rebuild.MODELS} == rows


def pades_drawing() -> bytes:
    """Some drawing of a seal."""
    from banjie.store.signing import stamp

    return stamp.drawn("云岭县行政审批局", "行政许可专用章", LICENSING)


def test_a_journal_that_lost_a_line_or_was_changed_is_reported(county: County) -> None:
    notice, pdf = typeset(filed(county).accepted(), "acceptance_notice")
    sealing.seal(pdf, request(notice))
    path = seal_keys.journal(LICENSING).path
    text = path.read_text()

    path.write_text(text.replace(text[13:20], "0000000"))
    assert reconciling.compare(seal_of(LICENSING)).is_broken
    path.write_text("")

    assert reconciling.compare(seal_of(LICENSING)).missing == (1,)
    assert [each.code for each in reconciling.reconcile(clock.now()) if not each.agrees] == [LICENSING]
    assert seal_of(LICENSING).difference == 1


def test_what_the_device_counted_beyond_the_journal_is_reported(county: County) -> None:
    notice, pdf = typeset(filed(county).accepted(), "acceptance_notice")
    sealing.seal(pdf, request(notice))

    assert all(each.agrees for each in reconciling.reconcile(clock.now(), {LICENSING: 1}))
    found = {each.code: each for each in reconciling.reconcile(clock.now(), {LICENSING: 3})}

    assert found[LICENSING].beyond == 2
    assert seal_of(LICENSING).difference == 2


def test_the_command_names_the_seal_and_what_nobody_asked_for(
    county: County, capsys: pytest.CaptureFixture[str]
) -> None:
    notice, pdf = typeset(filed(county).accepted(), "acceptance_notice")
    sealing.seal(pdf, request(notice))

    assert main(["seals", "reconcile"]) == 0
    assert "Every signature is accounted for." in capsys.readouterr().out
    pades.sign(pdf, custody.keys().signer(LICENSING), pades_drawing())

    assert main(["seals", "reconcile"]) == 1
    assert f"{LICENSING} 云岭县行政审批局行政许可专用章: 2 signatures; 1 on record; NOBODY ASKED FOR 2" in (
        capsys.readouterr().out
    )


def test_an_outside_tool_finds_the_signature_valid_and_one_flipped_byte_invalid(county: County) -> None:
    notice, pdf = typeset(filed(county).accepted(), "acceptance_notice")
    made = sealing.seal(pdf, request(notice))
    changed = bytearray(made)
    changed[len(pdf) // 2] ^= 1
    path = seal_keys.journal(LICENSING).path.parent / "sealed.pdf"

    tools.need("pdfsig")

    def said(content: bytes) -> str:
        path.write_bytes(content)
        return subprocess.run(["pdfsig", path], capture_output=True, text=True, check=False).stdout

    assert "Signature is Valid" in said(made)
    assert "Total document signed" in said(made)
    assert "云岭县行政审批局行政许可专用章（演示用章）" in said(made)
    assert "Signature is Valid" not in said(bytes(changed))
    assert not any(each.is_sound for each in pades.check(bytes(changed), custody.keys().authority()))
