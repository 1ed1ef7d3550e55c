"""The four looks at a package, one fault at a time: each finding there is can be found, and names its piece."""

from dataclasses import replace
from uuid import UUID

import pytest
from django.db import transaction

from banjie.duties.archive import checks, package, profile, readable
from banjie.duties.archive.contents import Contents, Filed, Lacking, Piece, contents
from banjie.duties.papers import follow, sealing
from banjie.duties.papers import queries as papers
from banjie.duties.seals import policy
from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.codec import microseconds
from banjie.store.files.media import DOCX, JPEG, PDF
from banjie.store.files.receive import path, receive
from banjie.store.signing import custody, pades, stamp
from banjie.web import clock
from tests.cases.tampering import key, run, without_guards
from tests.county import County
from tests.duties.seals.papers import LICENSING
from tests.faces.cases import Filed as Case
from tests.faces.cases import filed

pytestmark = [pytest.mark.database, pytest.mark.tampers]

FILED = Filed("0118-XK·2026-D10-00001", "0118", 2026, 10, 1)
RECEIPT = "papers/001-collection_receipt.pdf"


@pytest.fixture
def case(county: County) -> Case:
    """A case that was withdrawn, with its sealed receipt and a plan that the applicant handed in."""
    made = filed(county, leave_out=["equipment_layout"])
    kept = receive(b"\xff\xd8\xff plan", "plan.jpg", county.actor("applicant").id, microseconds(clock.now()))
    plan = e.Provided("equipment_layout", (e.FileRef(kept.id, kept.commitment),))
    lacks = c.Citation(e.PointKind.MATERIAL, "equipment_layout", e.Defect.MISSING)
    made.do("clerk", lambda given: c.RequestCorrection(**given, points=(lacks,)))
    made.do("applicant", lambda given: c.SubmitCorrection(**given, provided=(plan,)))
    made.do("applicant", lambda given: c.Withdraw(**given))
    with transaction.atomic():
        follow.caught_up(made.stream)
    while sealing.work(clock.now()):
        pass
    return made


def packed(case: Case) -> Contents:
    """What lies in its package."""
    return contents(case.stream, FILED, clock.now(), frozenset(policy.kinds(clock.today())))


def found(made: Contents) -> set[tuple[str, str, str]]:
    """What the four looks find in it."""
    formats = profile.asked_of("999921", clock.today()).formats
    return {(each.what, each.code, each.piece) for each in checks.look(package.made(made, FILED), made, formats)}


def with_piece(made: Contents, path: str, content: bytes, what: str = "material", type: str = JPEG) -> Contents:
    """The same with another content under this path, or one piece more."""
    known = next((each for each in made.pieces if each.path == path), Piece(path, b"", what, type))
    others = tuple(each for each in made.pieces if each.path != path)
    return replace(made, pieces=(*others, replace(known, content=content)))


def test_each_look_finds_its_faults_and_names_the_piece(county: County, case: Case) -> None:
    whole = packed(case)
    assert found(whole) == set()
    (plan,) = [each.path for each in whole.pieces if each.what == "material"]
    receipt = next(each.content for each in whole.pieces if each.path == RECEIPT)
    metadata = next(each.content for each in whole.pieces if each.path == "metadata.xml")
    in_the_text = receipt.index(b"/ByteRange") // 2

    def one(path: str, content: bytes, what: str = "material", type: str = JPEG) -> set[tuple[str, str, str]]:
        return found(with_piece(whole, path, content, what, type))

    assert one("facts.jsonl", b"") == {("complete", "facts_lacking", "facts.jsonl")}
    assert one("metadata.xml", b"no XML") == {("complete", "metadata_lacking", "metadata.xml")}
    assert one("metadata.xml", metadata.replace(FILED.number.encode(), b" ")) == {
        ("complete", "metadata_empty", "metadata.xml:档号")
    }
    opened = next(each.content for each in whole.pieces if each.path == readable.OPENINGS)
    assert one(readable.OPENINGS, opened.replace(b'"86"', b'"96"').replace("云岭县".encode(), "云峰县".encode())) >= {
        ("authentic", "text_differs", f"{readable.OPENINGS}:1")
    }
    for lacking in readable.NEEDED_TO_READ:
        without = replace(whole, pieces=tuple(each for each in whole.pieces if each.path != lacking))
        assert found(without) == {("complete", "readable_lacking", lacking)}
    changed = receipt[:in_the_text] + bytes([receipt[in_the_text] ^ 1]) + receipt[in_the_text + 1 :]
    assert ("authentic", "seal_not_sound", RECEIPT) in one(RECEIPT, changed)
    assert one(RECEIPT, sealed_elsewhere(case)) == {("authentic", "not_the_sealed_file", RECEIPT)}
    assert ("readable", "cannot_be_opened", RECEIPT) in one(RECEIPT, b"%PDF-1.7\nbroken")
    assert one("materials/x.docx", b"PK\x03\x04", type=DOCX) >= {
        ("readable", "format_not_for_keeping", "materials/x.docx"),
        ("readable", "not_what_it_says", "materials/x.docx"),
    }
    assert one(plan, b"%PDF-1.7") == {("readable", "not_what_it_says", plan)}
    assert one(plan, b"\xff\xd8\xff" + checks.EICAR) == {("safe", "known_harm", plan)}
    acts = b"%PDF-1.7\n/OpenAction << /S /JavaScript /JS (x) >>"
    assert ("safe", "acts_by_itself", "materials/y.pdf") in one("materials/y.pdf", acts, type=PDF)


def sealed_elsewhere(case: Case) -> bytes:
    """The receipt with a sound seal of the house on it that no register knows of."""
    paper = papers.of_case(case.stream)[0]
    drawn = stamp.drawn("云岭县行政审批局", "行政许可专用章", LICENSING)
    return pades.sign(sealing.typeset(paper, clock.now()), custody.keys().signer(LICENSING), drawn)


def test_what_lacks_is_named_before_it_is_filed(case: Case) -> None:
    (plan,) = [each.path for each in packed(case).pieces if each.what == "material"]
    lacking = (Lacking("paper_not_made", "papers/9"),)

    assert found(replace(packed(case), lacking=lacking)) == {("complete", "paper_not_made", "papers/9")}
    (file,) = case.last(e.Corrected).provided[0].files
    path(UUID(file.id)).unlink()

    assert found(packed(case)) == {("complete", "file_gone", plan.removesuffix(".jpg"))}


def test_a_history_that_was_rewritten_is_no_longer_the_logs(case: Case) -> None:
    before = packed(case)
    with without_guards():
        run("UPDATE log SET actor = 'somebody-else' WHERE stream = %s AND position = 2", key(case.stream))

    assert found(before) == {("authentic", "log_broken", "")}
    assert ("authentic", "fact_differs", "facts.jsonl:2") in found(packed(case))
