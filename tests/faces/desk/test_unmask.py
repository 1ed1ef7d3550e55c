"""Numbers in clear: for whoever takes part and says why, and that stays on record."""

import uuid
from dataclasses import replace

import pytest
from django.db import transaction
from django.http import HttpResponse

from banjie.cases.unmask import looks
from banjie.config import worker
from banjie.duties.supervision.models import Card
from banjie.engine import commands as c
from banjie.engine.not_possible import BadInput, NotPossible
from banjie.records.organisation import access
from banjie.records.parties import seeing
from banjie.records.parties.models import Look
from banjie.store.evidence import sealed
from banjie.store.evidence.audit import Looking
from banjie.store.keys.models import Personal
from banjie.web import clock
from tests.county import County
from tests.faces.cases import filed
from tests.faces.pages import text_of

pytestmark = pytest.mark.database


def test_a_reason_shows_the_numbers_once_and_stays_on_record(county: County) -> None:
    case, person = filed(county).accepted(), county.applicant()
    client = county.client("decider")
    asked = {"purpose": "examination", "reason": "核对营业执照", "look": str(uuid.uuid4())}
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
    assert [(each.by, each.purpose, each.reason) for each in looks(case.stream)] == [
        (county.actor("decider").id, "examination", "核对营业执照")
    ]
    assert "审查申请材料 (行政许可法 34" in after
    assert case.facts == facts
    assert list(sealed.personal(Looking())) == [], "the audit finds the reason beside the case"


def test_without_a_reason_nothing_is_shown_and_nothing_recorded(county: County) -> None:
    case, person = filed(county).accepted(), county.applicant()

    client = county.client("decider")
    right = {"purpose": "examination", "reason": "核对"}
    for wrong in ({"reason": ""}, {"reason": "  "}, {"reason": "长" * 201}, {"purpose": ""}, {"purpose": "curiosity"}):
        answer = client.post(f"/desk/cases/{case.number}/unmask/", right | wrong)
        assert answer.status_code == 422
        assert person.phone not in text_of(answer)
    assert looks(case.stream) == []


def test_nobody_who_takes_no_part_sees_them(county: County) -> None:
    case, person = filed(county).accepted(), county.applicant()

    stranger = county.client("other_agency").post(
        f"/desk/cases/{case.number}/unmask/", {"purpose": "examination", "reason": "好奇"}
    )
    applicant = county.client("stranger").post(
        f"/desk/cases/{case.number}/unmask/", {"purpose": "examination", "reason": "好奇"}
    )

    assert (stranger.status_code, applicant.status_code) == (404, 403)
    assert person.phone not in text_of(stranger)
    assert looks(case.stream) == []


def test_over_the_quota_nothing_is_shown_supervision_is_told_and_a_supervisor_can_give_more(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, person, client = filed(county).accepted(), county.applicant(), county.client("decider")
    few = replace(access.choice("", clock.today()), quota=2)
    monkeypatch.setattr(access, "choice", lambda region, on: few)
    decider, supervisor = county.actor("decider").id, county.actor("supervisor").id

    def look() -> HttpResponse:
        return client.post(f"/desk/cases/{case.number}/unmask/", {"purpose": "identity", "reason": "核对"})

    first, second, third, fourth = look(), look(), look(), look()
    while worker.turn():
        pass

    assert [each.status_code for each in (first, second, third, fourth)] == [200, 200, 409, 409]
    assert "每日的上限" in text_of(third)
    assert person.phone not in text_of(third)
    assert len(looks(case.stream)) == 2
    assert [each.person for each in Card.objects.kept().filter(rule="look_quota_used_up")] == [decider]
    for wrong in ({"more": 0}, {"more": 101}, {"why": ""}):
        asked = {"more": 1, "why": "emergency", "at": clock.now(), "command_id": uuid.uuid4()} | wrong
        with pytest.raises(BadInput):
            seeing.lift(supervisor, "", decider, **asked)
    with pytest.raises(NotPossible, match="own_quota"):
        seeing.lift(decider, "", decider, 1, "emergency", clock.now(), uuid.uuid4())
    seeing.lift(supervisor, "", decider, 1, "emergency", clock.now(), uuid.uuid4())
    assert [look().status_code, look().status_code] == [200, 409]
    assert len(looks(case.stream)) == 3

    # What the rows say, the facts say.
    rows = list(Look.objects.order_by("position").values_list("by", "party", "number", "purpose"))
    with transaction.atomic():
        seeing.rebuild()
    assert rows == [(decider, county.actor("applicant").id, case.number, "identity")] * 3
    assert list(Look.objects.order_by("position").values_list("by", "party", "number", "purpose")) == rows
    assert seeing.allowed(county.actor("decider"), clock.now()) == 3


def test_the_reason_goes_with_the_key_of_the_case(county: County) -> None:
    case = filed(county)
    county.client("clerk").post(f"/desk/cases/{case.number}/unmask/", {"purpose": "identity", "reason": "核对身份"})
    case.do("applicant", lambda given: c.Withdraw(**given))
    assert "核对身份" not in str([bytes(each.ciphertext) for each in Personal.objects.all()])

    case.do("data_steward", lambda given: c.Erase(**given, basis="保存期满"))

    assert [each.reason for each in looks(case.stream)] == [None]
    gone = county.client("clerk").post(f"/desk/cases/{case.number}/unmask/", {"purpose": "identity", "reason": "再看"})
    assert gone.status_code == 409
