"""Numbers in clear: for whoever takes part and says why, and that stays on record."""

import uuid

import pytest

from banjie.cases.unmask import looks
from banjie.engine import commands as c
from banjie.store.keys.models import Personal
from tests.county import County
from tests.faces.cases import filed
from tests.faces.pages import text_of

pytestmark = pytest.mark.database


def test_a_reason_shows_the_numbers_once_and_stays_on_record(county: County) -> None:
    case, person = filed(county).accepted(), county.applicant()
    client, asked = county.client("decider"), {"reason": "核对营业执照", "look": str(uuid.uuid4())}
    facts = case.facts

    first = client.post(f"/desk/cases/{case.number}/unmask/", asked)
    client.post(f"/desk/cases/{case.number}/unmask/", asked)
    after = text_of(client.get(f"/desk/cases/{case.number}/"))

    assert person.id_number in text_of(first)
    assert person.phone in text_of(first)
    assert first.headers["Cache-Control"] == "private, no-store"
    assert person.phone not in after
    assert "核对营业执照" in after
    assert "高原" in after.partition("完整查看记录")[2]
    assert [(each.by, each.reason) for each in looks(case.stream)] == [(county.actor("decider").id, "核对营业执照")]
    assert case.facts == facts


def test_without_a_reason_nothing_is_shown_and_nothing_recorded(county: County) -> None:
    case, person = filed(county).accepted(), county.applicant()

    for reason in ("", "  ", "长" * 201):
        answer = county.client("decider").post(f"/desk/cases/{case.number}/unmask/", {"reason": reason})
        assert answer.status_code == 422
        assert person.phone not in text_of(answer)
    assert looks(case.stream) == []


def test_nobody_who_takes_no_part_sees_them(county: County) -> None:
    case, person = filed(county).accepted(), county.applicant()

    stranger = county.client("other_agency").post(f"/desk/cases/{case.number}/unmask/", {"reason": "好奇"})
    applicant = county.client("stranger").post(f"/desk/cases/{case.number}/unmask/", {"reason": "好奇"})

    assert (stranger.status_code, applicant.status_code) == (404, 403)
    assert person.phone not in text_of(stranger)
    assert looks(case.stream) == []


def test_the_reason_goes_with_the_key_of_the_case(county: County) -> None:
    case = filed(county)
    county.client("clerk").post(f"/desk/cases/{case.number}/unmask/", {"reason": "核对身份"})
    case.do("applicant", lambda given: c.Withdraw(**given))
    assert "核对身份" not in str([bytes(each.ciphertext) for each in Personal.objects.all()])

    case.do("data_steward", lambda given: c.Erase(**given, basis="保存期满"))

    assert [each.reason for each in looks(case.stream)] == [None]
    gone = county.client("clerk").post(f"/desk/cases/{case.number}/unmask/", {"reason": "再看"})
    assert gone.status_code == 409
