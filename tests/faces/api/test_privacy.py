"""No answer of the API holds a personal datum: not the case, not its history, not its ledgers, no refusal, no log."""

import pytest

from banjie.engine import commands as c
from banjie.engine import events as e
from tests.county import VENUE, County
from tests.faces.api.program import ANSWERS, APPLICANT, MATERIALS, Program, applicant, staff
from tests.faces.cases import filed

pytestmark = pytest.mark.database

CANARIES = {
    "name": "金丝雀餐饮有限公司",
    "phone": "13877776666",
    "address": "云岭县金丝雀巷7号",
    "contact": "金丝雀联系人",
    "place_name": "金丝雀小馆",
    "text": "金丝雀说明：电话13877775555",
    "file": "金丝雀的名单.pdf",
}


def test_what_people_wrote_stays_sealed_for_every_reader(
    county: County, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    me, clerk = applicant(), staff("hall-window", "clerk")
    particulars = {**APPLICANT, **{each: CANARIES[each] for each in ("name", "phone", "address", "contact")}}
    answers = {**ANSWERS, "place_name": CANARIES["place_name"]}
    papers = [{"material": each, "form": "copy"} for each in MATERIALS[:-1]]
    filed = me.file(applicant=particulars, answers=answers, provided=papers)
    number = filed.json["number"]
    point = {"kind": "material", "id": MATERIALS[-1], "defect": "missing", "text": CANARIES["text"]}
    scan = me.upload(name=CANARIES["file"])

    seen = [
        filed,
        scan,
        clerk.ask(number, "request_correction", points=[point]),
        me.ask(number, "submit_correction", provided=[{"material": MATERIALS[-1], "files": [scan.json]}]),
        me.ask(number, "make_statement", text=CANARIES["text"]),
        clerk.ask(number, "decline", ground="barred_food_law", text=CANARIES["text"]),
        me.file(applicant={**particulars, "id_number": "1", "kind": CANARIES["name"]}),
        me.file(applicant=particulars, item=CANARIES["name"]),
    ]
    for reader in (me, clerk):
        seen += [reader.get(f"/cases/{number}{each}") for each in ("", "/events", "/deadline")]
        seen.append(reader.get("/cases"))

    assert [each.status for each in seen[:6]] == [201, 201, 200, 200, 200, 200]
    told = "\n".join([*(each.content.decode() for each in seen), *capfd.readouterr(), caplog.text])
    assert [each for each in (*CANARIES.values(), APPLICANT["id_number"]) if each in told] == []
    assert [each for each in CANARIES.values() if each.encode("unicode_escape").decode() in told] == []


def test_who_acted_is_a_pseudonym(county: County) -> None:
    me, clerk = applicant(), staff("hall-window", "clerk")
    number = me.file().json["number"]
    clerk.ask(number, "accept")

    history = clerk.get(f"/cases/{number}/events").json["events"]

    assert [each["by"]["id"] for each in history] == [me.id, clerk.id]
    assert all(each["by"]["id"].startswith("p-") for each in history)


def test_no_cache_keeps_what_only_one_reader_may_see(county: County) -> None:
    me = applicant()
    number = me.file().json["number"]

    for path in ("/cases", f"/cases/{number}", f"/cases/{number}/events", "/nothing"):
        answer = me.get(path)
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Authorization" in answer.headers["Vary"]


def test_an_interested_third_party_reads_and_asks_as_one_and_not_as_the_applicant(county: County) -> None:
    case = filed(county, VENUE).accepted()
    neighbour = e.Person(county.actor("stranger").id)
    named = (c.Personal({"name": "邻居甲", "phone": "13900000000"}),)
    case.do("venue_head", lambda given: c.NameThirdParties(**given, parties=(neighbour,), particulars=named))
    case.do("venue_head", lambda given: c.TellHearingRight(**given))
    me, applying = Program(county.user("stranger")), Program(county.user("applicant"))

    shown, theirs = me.get(f"/cases/{case.number}").json, applying.get(f"/cases/{case.number}").json
    told = {each["kind"] for each in me.get(f"/cases/{case.number}/events").json["events"]}
    asked = me.ask(case.number, "request_hearing")

    assert (shown["required"], shown["provided"]) == ([], [])
    assert theirs["provided"]
    assert "withdraw" not in {each["kind"] for each in shown["offers"] if each["possible"]}
    assert "submitted" not in told
    assert asked.status == 200
    assert {each["by"]["kind"] for each in asked.json["events"]} == {"third_party"}
