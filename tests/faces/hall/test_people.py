"""At the window an account becomes assured, a paper mandate stands, a forgotten password gets a code; all on record."""

import json
import re
from typing import Any

import pytest
from stdnum.cn import ric

from banjie import words
from banjie.records.accounts import passwords
from banjie.records.accounts.models import User
from banjie.records.parties import queries, register
from banjie.records.parties.models import Level, Mandate, Party
from banjie.store.log.models import Entry
from banjie.web import clock
from tests.county import County
from tests.faces.pages import text_of

pytestmark = pytest.mark.database

ADDRESSES = ("/hall/people/", "/hall/people/identity/", "/hall/people/mandate/", "/hall/people/code/")
NUMBER = "99992119900101001"
ORIGINAL = {
    "kind": "person",
    "name": "伍小禾",
    "id_type": "id_card",
    "id_number": NUMBER + ric.calc_check_digit(NUMBER + "0"),
}


def facts(party: str, kind: str) -> list[dict[str, Any]]:
    stream = Party.objects.get(id=party).stream
    return [
        json.loads(bytes(each))
        for each in Entry.objects.filter(stream=stream, kind=kind).values_list("body", flat=True)
    ]


def newcomer(county: County, **changes: str) -> User:
    """Somebody who signed up and whose number nobody has looked at yet."""
    user = User.objects.create_user("newcomer")
    told = {**ORIGINAL, "phone": "13800009999", "address": "云岭县城关镇1号", **changes}
    register.open_party(told, by=user.pseudonym, at=clock.now(), pseudonym=user.pseudonym)
    return user


@pytest.mark.parametrize("role", ["", "applicant", "officer", "operator"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_nobody_but_a_clerk_opens_these_pages(county: County, role: str, address: str) -> None:
    assert county.client(role).get(address).status_code in (302, 403)


def test_an_account_becomes_assured_when_the_clerk_has_seen_the_original(county: County) -> None:
    user = newcomer(county)

    client = county.client("clerk")
    response = client.post("/hall/people/identity/", {**ORIGINAL, "username": "newcomer", "seen": "on"}, follow=True)

    assert "该账户自此为已核验" in text_of(response)
    assert Party.objects.get(id=user.pseudonym).level == Level.WINDOW
    assert register.find_assured(ORIGINAL["id_number"]) == Party.objects.get(id=user.pseudonym)
    (fact,) = facts(user.pseudonym, "assured")
    assert fact["by"] == county.actor("clerk").id
    assert ORIGINAL["name"] not in json.dumps(fact, ensure_ascii=False)


def test_without_having_seen_it_nothing_changes_and_what_was_typed_stays(county: County) -> None:
    user = newcomer(county)

    response = county.client("clerk").post("/hall/people/identity/", {**ORIGINAL, "username": "newcomer"})

    assert response.status_code == 422
    assert 'value="伍小禾"' in response.text
    assert Party.objects.get(id=user.pseudonym).level == Level.DECLARED


def test_an_account_that_was_looked_at_does_not_change_hands(county: County) -> None:
    before = queries.particulars(Party.objects.get(id=county.actor("stranger").id))

    response = county.client("clerk").post("/hall/people/identity/", {**ORIGINAL, "username": "baihe", "seen": "on"})

    assert response.status_code == 422
    assert words.refusal_of("assured_otherwise", {}).what in text_of(response)
    assert queries.particulars(Party.objects.get(id=county.actor("stranger").id)) == before


def test_a_mandate_on_paper_stands_at_once_until_its_day(county: County) -> None:
    giver, agent = county.applicant("applicant"), county.applicant("stranger")
    given = {"giver": giver.id_number, "agent": agent.id_number, "kind": "power_of_attorney"}
    given |= {"paper": "委2026-7", "until": "2026-06-30", "seen": "on"}

    response = county.client("clerk").post("/hall/people/mandate/", given, follow=True)

    assert "委托生效" in text_of(response)
    row = Mandate.objects.get(paper="委2026-7")
    assert (row.giver, row.agent) == (county.actor("applicant").id, county.actor("stranger").id)
    assert row.until.isoformat() == "2026-06-30"
    assert queries.reach(row.agent, row.giver, clock.today()).covers(county.code())


def test_a_mandate_for_somebody_nobody_has_looked_at_is_not_recorded(county: County) -> None:
    newcomer(county)
    given = {"giver": county.applicant("applicant").id_number, "agent": ORIGINAL["id_number"], "kind": "employee"}

    response = county.client("clerk").post("/hall/people/mandate/", {**given, "paper": "委2026-8", "seen": "on"})

    assert response.status_code == 422
    assert not Mandate.objects.filter(paper="委2026-8").exists()


def test_a_code_sets_a_new_password_and_is_given_to_nobody_with_another_number(county: County) -> None:
    client, person = county.client("clerk"), county.applicant("stranger")
    other = county.applicant("applicant").id_number

    wrong = client.post("/hall/people/code/", {"username": "baihe", "id_number": other, "seen": "on"})
    unknown = client.post("/hall/people/code/", {"username": "nobody-here", "id_number": other, "seen": "on"})
    right = client.post("/hall/people/code/", {"username": "baihe", "id_number": person.id_number, "seen": "on"})

    assert (wrong.status_code, unknown.status_code, right.status_code) == (422, 422, 200)
    assert re.findall(r'<p class="notice.*', wrong.text) == re.findall(r'<p class="notice.*', unknown.text)
    code = re.search(r"<code>([A-Z0-9-]+)</code>", right.text)
    assert code
    assert person.name not in right.text
    assert "no-store" in right["Cache-Control"]
    assert passwords.may_reset("baihe", code[1], clock.now()) == county.user("stranger")
    (fact,) = facts(county.actor("stranger").id, "reset_code_given")
    assert fact["by"] == county.actor("clerk").id
    assert code[1] not in json.dumps(fact)


def test_a_member_of_staff_gets_no_code_here(county: County) -> None:
    given = {"username": "linhao", "id_number": ORIGINAL["id_number"], "seen": "on"}

    assert county.client("clerk").post("/hall/people/code/", given).status_code == 422
