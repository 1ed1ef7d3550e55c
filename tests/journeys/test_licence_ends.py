"""A licence's whole life after it was handed over: changed under its number, then given back; nobody uses another's."""

from datetime import timedelta
from uuid import uuid4

import pytest

from banjie.cases.handle import submit
from banjie.duties.licences import queries
from banjie.duties.licences.follow import Licences
from banjie.duties.licences.models import Licence, Version
from banjie.duties.licences.standing import Standing
from banjie.duties.licences.standing import on as standing_on
from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.codec import microseconds
from banjie.engine.guards import BadInput
from banjie.faces.forms import about_licence
from banjie.store.log import sequence
from banjie.store.log.follow import run
from banjie.web import clock
from tests.county import County
from tests.faces.cases import Filed, filed

pytestmark = pytest.mark.database

CHANGE, CANCEL, RENEW = "food-business-change", "food-business-cancel", "food-business-renewal"
CORRECT, REISSUE = "food-business-correct", "food-business-reissue"


def decided(case: Filed) -> Filed:
    """The case with its one review finished, and granted."""
    case.accepted().assigned("document_review", "section_head", "officer")
    case.do("officer", lambda given: c.FinishStep(**given, step="document_review", outcome="passed"))
    return case.do("decider", lambda given: c.Decide(**given, outcome="grant"))


def lines(version: Licence | Version) -> dict[str, str]:
    """What a licence, or a version of one, says on its certificate."""
    content = queries.content_of(version)
    assert content is not None
    return {each["id"]: each["value"] for each in content["lines"]}


def handed_over(case: Filed) -> Filed:
    return case.do("clerk", lambda given: c.Serve(**given, method="in_person"))


def follow() -> None:
    sequence.sequence()
    run([Licences()], now=microseconds(clock.now()))


def asked(
    county: County, item: str, role: str, number: str, particulars: dict[str, str] | None = None, **answers: str
) -> list[tuple[str, str]]:
    """What a face says to an application of this person about a licence with this number."""
    person = county.applicant(role)
    command = c.Submit(
        command_id=uuid4(),
        at=clock.now(),
        by=county.actor(role),
        applicant=c.Personal(particulars or person.particulars),
        answers=c.Personal({"licence_number": number, **answers}),
    )
    return about_licence.problems(county.law(item).procedure, command, clock.today())


def test_a_licence_is_changed_under_its_number_and_ends_when_it_is_given_back(county: County) -> None:
    # It is issued.
    first = filed(county, business_format="canteen", area=60).examined()
    first.do("decider", lambda given: c.Decide(**given, outcome="grant"))
    first.do("licence_clerk", lambda given: c.Issue(**given))
    handed_over(first)
    follow()
    issued = first.last(e.Issued)
    row = Licence.objects.kept().get(number=issued.number)

    # Only its holder can have it changed, and nobody learns from the answer that it is there.
    wrong = [("answers.licence_number", "licence_not_yours")]
    moved = {"premises": "云岭县城关镇示范街20号"}
    assert asked(county, CHANGE, "applicant", row.number, **moved) == []
    assert asked(county, CHANGE, "stranger", row.number, **moved) == wrong
    assert asked(county, CHANGE, "applicant", "JY-0") == wrong
    assert asked(county, RENEW, "applicant", "JY-0") == [], "older than the register: the window looks at the paper"
    assert asked(county, RENEW, "stranger", row.number) == wrong

    # What is left open stays as it was; where nothing would become of it, it is not begun.
    nothing = [("answers.place_name", "changes_nothing")]
    for item in (CHANGE, CORRECT):
        assert asked(county, item, "applicant", row.number) == nothing
        assert asked(county, item, "applicant", row.number, **lines(row) | {"business_format": "canteen"}) == nothing
        assert asked(county, item, "applicant", row.number, place_name="云岭县示范小馆二店") == []
    renamed = {**county.applicant("applicant").particulars, "name": "云岭县更名公司"}
    assert asked(county, CHANGE, "applicant", row.number, particulars=renamed) == [], (
        "it will name its holder otherwise"
    )

    # It runs out on the day the register knows: no other is believed, or silence would renew by that.
    assert row.valid_to is not None
    earlier, last = (row.valid_to - timedelta(days=1)).isoformat(), row.valid_to.isoformat()
    assert asked(county, RENEW, "applicant", row.number, expires_on=last) == []
    other = [("answers.expires_on", "not_the_last_day")]
    assert asked(county, RENEW, "applicant", row.number, expires_on=earlier) == other
    assert asked(county, RENEW, "applicant", "JY-0", expires_on=earlier) == []

    # Changed, it keeps number and end; the register has one licence with two versions.
    said = {**moved, "place_name": None, "business_format": None, "area": None}
    changed = decided(filed(county, CHANGE, licence_number=row.number, **said))
    changed.do("licence_clerk", lambda given: c.Issue(**given))
    fact = changed.last(e.Issued)
    assert (fact.number, fact.former, fact.act) == (row.number, row.number, "change")
    handed_over(changed)
    follow()
    before, row = row, Licence.objects.kept().get(number=row.number)
    assert (row.version, row.valid_to) == (2, before.valid_to)
    # What was asked for stands there anew, and everything else as it stood.
    new, old = (lines(each) for each in queries.versions(row.stream))
    assert old["premises"] == "云岭县城关镇示范街18号"
    assert new == old | {"premises": "云岭县城关镇示范街20号"}
    assert new["business_format"] == "集中用餐单位食堂"

    # Made out again for one that was lost, it says the same, whatever was typed.
    again = decided(filed(county, REISSUE, licence_number=row.number, place_name="另一个名字"))
    again.do("licence_clerk", lambda given: c.Issue(**given))
    handed_over(again)
    follow()
    newest, *_ = queries.versions(row.stream)
    assert (newest.version, lines(newest)) == (3, new)

    # Renewed, neither: a slip in a name renames nobody.
    assert row.valid_to is not None
    renewed = decided(filed(county, RENEW, licence_number=row.number, expires_on=last, place_name="手误"))
    renewed.do("licence_clerk", lambda given: c.Issue(**given))
    handed_over(renewed)
    follow()
    newest, *_ = queries.versions(row.stream)
    assert (newest.version, newest.act, lines(newest)) == (4, "renew", new)

    # Given back, it ends when that is served: no licence is made, and none can be changed any more.
    given_back = decided(filed(county, CANCEL, licence_number=row.number))
    follow()
    row.refresh_from_db()
    assert standing_on(row, clock.today()) is Standing.VALID
    handed_over(given_back)
    assert given_back.facts[-3:] == ["served", "licence_ended", "closed"]
    follow()
    row.refresh_from_db()
    assert standing_on(row, clock.today()) is Standing.CANCELLED
    for item in (CHANGE, CANCEL, RENEW):
        assert asked(county, item, "applicant", row.number) == [("answers.licence_number", "licence_does_not_stand")]


def test_the_window_and_the_api_refuse_a_licence_that_is_not_the_applicants(county: County) -> None:
    person = county.applicant("stranger")
    command = c.Submit(
        command_id=uuid4(),
        at=clock.now(),
        by=county.actor("stranger"),
        applicant=c.Personal(person.particulars),
        answers=c.Personal({"licence_number": "JY-0"}),
    )
    with pytest.raises(BadInput) as no:
        about_licence.require(county.law(CHANGE).procedure, command, clock.today())
    assert no.value.problems == [("answers.licence_number", "licence_not_yours")]

    proceeding = county.law(CHANGE).procedure.code.replace("000131029000", "001099001001")[:31] + "01"
    with pytest.raises(Exception, match="opened_by_the_agency"):
        submit(proceeding, command, str(command.command_id))
