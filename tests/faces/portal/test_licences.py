"""My licences and checking them: by number, by the code on the paper, by the file; a changed byte is told."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.template.loader import render_to_string
from django.test import Client

from banjie.duties.licences import queries, recording, signing
from banjie.duties.licences.follow import Licences
from banjie.duties.licences.models import Licence, PurposeCopy
from banjie.duties.licences.standing import Due
from banjie.duties.papers import follow, sealing
from banjie.duties.papers import queries as papers
from banjie.duties.papers.models import Paper
from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.codec import microseconds
from banjie.engine.not_possible import NotPossible
from banjie.faces.forms.library import named_by
from banjie.faces.forms.licences import LicenceShown
from banjie.records.accounts.models import User
from banjie.records.parties import sealing as sealing_of
from banjie.store.files.models import File
from banjie.store.log import read, sequence
from banjie.store.log.follow import run
from banjie.web import clock
from banjie.web.messages import compile_messages
from banjie.words import problem, refusal
from tests.county import MONDAY, ROLES, County, found
from tests.databases import Database
from tests.duties.seals.papers import granted, ordered
from tests.faces.api.program import Program
from tests.faces.applying import page, pdf
from tests.faces.cases import filed
from tests.faces.pages import forms_of, text_of

pytestmark = pytest.mark.database


def followed() -> None:
    """Let the register read on and sign."""
    sequence.sequence()
    run([Licences()], now=microseconds(clock.now()))
    signing.work(clock.now())


@pytest.fixture
def county(database: Database) -> Iterator[County]:
    """The demo county, where its applicant holds a food licence whose certificate nobody has sealed yet."""
    compile_messages()
    cache.clear()
    with time_machine.travel(MONDAY, tick=True) as traveller:
        made = County(traveller)
        database.filled("county with a licence", lambda: issued(made, database))
        yield made


def issued(county: County, database: Database) -> None:
    """Found the county and let its applicant be granted a food licence."""
    database.filled("county", found)
    granted(county).do("licence_clerk", lambda given: c.Issue(**given))
    followed()


def held(county: County) -> Licence:
    """The applicant's food licence."""
    return Licence.objects.kept().get(party=county.actor("applicant").id, type="JY")


def sealed(county: County, row: Licence) -> bytes:
    """The certificate with the agency's seal on it."""
    paper = paper_of(row)
    sealing.typeset(paper, clock.now())
    paper = paper_of(row)
    ordered(county, paper)
    sealing.seal_now(paper, clock.now())
    content = papers.sealed_bytes(paper_of(row))
    assert content is not None
    return content


def paper_of(row: Licence) -> Paper:
    """The certificate in the register of papers."""
    number = queries.versions(row.stream)[0].paper
    paper = papers.find(number) if number else None
    assert paper is not None
    return paper


def checked(content: bytes, client: Client | None = None) -> str:
    """What the page says of a file."""
    file = SimpleUploadedFile("paper.pdf", content, content_type="application/pdf")
    response = (client or Client()).post("/verify/file/", {"file": file})
    assert response.status_code == 200, response.status_code
    return text_of(response)


def test_a_licence_is_checked_by_number_code_and_file_and_names_nobody(county: County) -> None:
    row = held(county)
    public = Client()

    by_number = text_of(public.get("/verify/", {"number": row.number}))
    by_identifier = text_of(public.get("/verify/", {"number": row.identifier.lower()}))
    paper = paper_of(row)
    before = text_of(public.get(f"/papers/{paper.stream.hex}/"))
    content = sealed(county, row)
    after = text_of(public.get(f"/papers/{paper.stream.hex}/"))
    by_file = checked(content)

    assert "真实，有效" in by_number
    assert "真实，有效" in by_identifier
    assert "签名有效" in by_number
    assert "有记录，尚未盖章" in before
    assert "真实，有效" in after
    assert "逐字节一致" in by_file
    assert "云岭县行政审批局" in by_file
    person = county.applicant()
    for said in (by_number, by_identifier, before, after, by_file):
        assert person.phone not in said
        assert person.particulars["address"] not in said


def test_a_decision_is_checked_by_its_code_and_its_number_alone_names_nobody(county: County) -> None:
    row, public = held(county), Client()
    with transaction.atomic():
        follow.caught_up(row.case)
    decision = papers.of_fact(row.case, row.position - 1, "decision_to_grant")
    assert decision is not None

    by_code = text_of(public.get(f"/papers/{decision.stream.hex}/"))
    by_number = text_of(public.get("/verify/", {"number": decision.number}))

    name = county.applicant().particulars["name"]
    assert "有记录，尚未盖章" in by_code
    assert "有记录，尚未盖章" in by_number
    assert name in by_code, "a company's name is no secret; a person's stands masked"
    assert name not in by_number
    assert public.get("/papers/00000000000000000000000000000000/").status_code == 404


def test_every_changed_byte_is_told_and_the_file_is_kept_nowhere(county: County) -> None:
    row = held(county)
    content = sealed(county, row)
    files, facts = File.objects.count(), sum(1 for _ in read.streams("paper"))

    for at in [*range(900, len(content), len(content) // 12), len(content) - 20]:
        changed = content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]
        assert "已被改动" in checked(changed, Client(REMOTE_ADDR=f"10.0.0.{at % 250}")), at
    assert "已被改动" in checked(content + b"\n% more\n", Client(REMOTE_ADDR="10.1.0.1"))
    assert "不是本平台签发" in checked(b"%PDF-1.7\n%%EOF\n", Client(REMOTE_ADDR="10.1.0.2"))
    assert "不是 PDF 文件" in checked(b"not a file of that kind", Client(REMOTE_ADDR="10.1.0.3"))
    assert (File.objects.count(), sum(1 for _ in read.streams("paper"))) == (files, facts)


def test_whoever_guesses_numbers_has_to_wait_and_keeps_nobody_else_from_looking(county: County) -> None:
    row = held(county)
    guesser, somebody = Client(REMOTE_ADDR="10.2.0.1"), Client(REMOTE_ADDR="10.2.0.2")

    answers = [guesser.get("/verify/", {"number": f"JY-{n:014d}"}).status_code for n in range(6)]

    assert answers == [404] * 5 + [429]
    assert guesser.get("/verify/", {"number": row.number}).status_code == 429
    assert somebody.get("/verify/", {"number": row.number}).status_code == 200
    wrong = row.identifier[:-1] + ("A" if row.identifier[-1] != "A" else "B")
    assert "标识有误" in text_of(somebody.get("/verify/", {"number": wrong}))


def test_a_copy_for_one_use_says_so_can_be_taken_back_and_expires(county: County) -> None:
    row = held(county)
    client = county.client("applicant")
    address = f"/licences/{row.stream}/"
    page = client.get(address)
    given = dict(re.findall(r'name="(command_id|until)"[^>]*value="([^"]+)"', page.content.decode()))
    told = {**given, "use": "银行开户", "recipient": "云岭农商行"}

    first = client.post(f"{address}copies/", told)
    again = client.post(f"{address}copies/", told)
    copy = PurposeCopy.objects.kept().get(stream=row.stream)
    pdf = client.get(f"{address}copies/{copy.id}/")

    assert (first.status_code, again.status_code) == (302, 302)
    assert copy.until == clock.today() + timedelta(days=30)
    assert pdf["Content-Type"] == "application/pdf"
    stranger = county.client("stranger")
    assert refusal(NotPossible("unknown_licence")).what in text_of(stranger.get(address))
    assert stranger.get(address).status_code == stranger.get(f"{address}copies/{copy.id}/").status_code == 404
    looked = text_of(Client().get("/verify/", {"number": copy.number}))
    assert "真实，有效" in looked
    assert "银行开户" in looked
    assert "核验" in text_of(client.get(address))
    assert PurposeCopy.objects.kept().get(id=copy.id).checked == 1
    county.move_to(clock.now() + timedelta(days=31))
    assert "加注件已过期" in text_of(Client().get(f"/papers/{copy.paper.hex}/"))
    county.client("applicant").post(f"{address}copies/{copy.id}/take-back/")
    assert "加注件已被收回" in text_of(Client().get("/verify/", {"number": copy.number}))
    facts = [each.kind for each in read.entries(row.stream)]
    assert facts.count("copied") == facts.count("copy_revoked") == 1
    body = read.entries(row.stream)[facts.index("copied")].body.decode()
    assert "银行" not in body


@pytest.mark.parametrize(
    ("changes", "problem"),
    [({"use": ""}, "请填写这一项"), ({"until": "2027-03-01"}, "最长 180 天"), ({"until": "2026-02-01"}, "最长 180 天")],
)
def test_a_copy_without_use_or_for_too_long_is_not_made(county: County, changes: dict[str, str], problem: str) -> None:
    row = held(county)
    client = county.client("applicant")
    page = client.get(f"/licences/{row.stream}/").content.decode()
    given = dict(re.findall(r'name="(command_id|until)"[^>]*value="([^"]+)"', page))

    answer = client.post(f"/licences/{row.stream}/copies/", {**given, "use": "开户", "recipient": "银行", **changes})

    assert answer.status_code == 422
    assert problem in text_of(answer)
    assert not PurposeCopy.objects.kept().exists()


def test_that_the_holder_was_erased_is_said_and_whether_the_licence_stands(county: County) -> None:
    row = held(county)
    look = f"/verify/?number={row.number}"
    assert "依法删除" not in text_of(Client().get(look))
    with transaction.atomic():
        body = {"at": microseconds(clock.now()), "by": "", "key_id": sealing_of.destroyed(row.stream), "basis": ""}
        recording.record(row.stream, "erased", body, uuid4())

    told = text_of(Client().get(look))

    assert "持证主体的信息和证照载明的内容已经依法删除" in told
    assert "真实，有效" in told


def test_renewal_is_one_press_away_filled_in_and_late_is_said(county: County) -> None:
    row, client = held(county), county.client("applicant")
    row.valid_to = date(2026, 5, 29)

    early = LicenceShown(row, date(2026, 3, 2), "zh-Hans")
    late = LicenceShown(row, date(2026, 5, 20), "zh-Hans")
    form = client.get(early.renewing.address)
    questions = client.get(page(form["Location"], "questions")).content.decode()

    assert (early.due, early.renewing.is_late, early.renewing.latest) == (Due.SOON, False, date(2026, 5, 9))
    assert (late.due, late.renewing.is_late) == (Due.LAST, True)
    assert row.number in questions
    assert "2026-05-29" in questions
    assert LicenceShown(row, date(2026, 2, 1), "zh-Hans").renewing is None, "nobody is hurried more than 90 days before"
    told = render_to_string("web/renewing.html", {"licence": late})
    assert "2026年5月9日" in told


def test_the_licence_an_application_is_about_is_looked_up_before_it_is_handed_in(county: County) -> None:
    row, on = held(county), clock.today()
    procedure = county.law("food-business-renewal").procedure

    def found(number: str, role: str, id_number: str = "") -> str:
        named = named_by(procedure, {"licence_number": number}, county.actor(role), id_number, on, "zh-Hans", "portal")
        assert named
        return render_to_string("web/named_licence.html", {"named": named})

    own = queries.content_of(row)["holder"]["id_number"]
    assert "您的证照，目前有效" in found(row.number, "applicant")
    assert "您的证照，目前有效" in found(row.number, "stranger", own)
    assert "属于其他持证主体" in found(row.number, "stranger", "91999921000000019D")
    assert "没有这个编号" in found("JY-0000000000", "applicant")
    assert named_by(procedure, {}, county.actor("applicant"), own, on, "zh-Hans", "portal") is None


def test_where_nothing_was_sealed_yet_a_file_is_simply_none_of_ours(county: County) -> None:
    assert "不是本平台签发" in text_of(Client().post("/verify/file/", {"file": pdf("someones.pdf")}))


def test_corrected_answers_are_held_against_the_register_like_the_first_ones(county: County) -> None:
    row = held(county)
    assert row.valid_to is not None
    earlier, last = (row.valid_to - timedelta(days=1)).isoformat(), row.valid_to.isoformat()
    case = filed(county, "food-business-renewal", licence_number=row.number, expires_on=last)
    point = c.Citation(e.PointKind.QUESTION, "expires_on", e.Defect.INCONSISTENT)
    case.do("clerk", lambda given: c.RequestCorrection(**given, points=(point,)))
    client, address = county.client("applicant"), f"/cases/{case.number}/"
    form = forms_of(client.get(address))["submit_correction"]

    invented = client.post(form.address, form.values | {"answers.expires_on": earlier})
    answers = {"licence_number": row.number, "expires_on": earlier}
    me = Program(User.objects.get(username=ROLES["applicant"]))
    by_program = me.ask(case.number, "submit_correction", answers=answers)

    assert invented.status_code == 422
    assert problem("not_the_last_day", "zh-hans") in text_of(invented)
    assert by_program.status == 422
    assert [each["code"] for each in by_program.json["problems"]] == ["not_the_last_day"]
    assert case.facts[-1] == "correction_requested"
