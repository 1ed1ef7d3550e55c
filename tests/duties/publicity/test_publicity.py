"""Decisions are public within seven working days, and say nothing that is nobody's business."""

import csv
import io
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from banjie.cases.handle import handle, submit
from banjie.config import worker
from banjie.duties.publicity import publishing, queries
from banjie.duties.publicity.models import Disclosure
from banjie.duties.publicity.rebuild import rebuild
from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.not_possible import BadInput, NotPossible
from banjie.store.keys.mask import mask_name
from banjie.web import clock
from tests.county import County
from tests.faces.cases import Filed, filed, plain_answer
from tests.faces.pages import text_of

pytestmark = pytest.mark.database


def granted(county: County) -> Filed:
    return filed(county).examined().do("decider", lambda given: c.Decide(**given, outcome="grant"))


def turned() -> None:
    for _ in range(6):
        worker.turn()


def only() -> Disclosure:
    return Disclosure.objects.kept().get()


def test_a_grant_is_public_after_the_time_to_hold_it_back_and_names_an_enterprise(county: County) -> None:
    case = granted(county)
    turned()
    visitor, firm = county.client(), county.applicant()
    assert only().status == "due"
    assert firm.name not in text_of(visitor.get("/decisions/"))
    assert (only().due_on - only().decided_on).days == 9, "seven working days, over one weekend"

    county.move_to(clock.now() + timedelta(days=2))
    turned()

    page = visitor.get("/decisions/")
    text = text_of(page)
    assert only().status == "published"
    assert firm.name in text
    assert firm.id_number in text, "the credit code of an enterprise is public"
    assert firm.phone not in page.content.decode()
    assert case.number not in text, "nobody follows a case from here"
    file = visitor.get("/decisions/file/").content.decode("utf-8-sig")
    (_heads, line) = csv.reader(io.StringIO(file))
    assert firm.name in line
    assert firm.name not in text_of(visitor.get("/decisions/?since=2027-01-01"))
    assert firm.name in text_of(visitor.get("/decisions/?until=nonsense&agency=approval-bureau"))
    assert 'href="/decisions/"' in visitor.get("/").content.decode()


def test_a_person_is_shown_masked_and_after_erasing_not_at_all(county: County) -> None:
    case = filed_by_a_person(county)
    county.move_to(clock.now() + timedelta(days=3))
    turned()
    name = county.applicant("stranger").name

    page = county.client().get("/decisions/").content.decode()

    assert mask_name(name) in page
    for secret in (name, county.applicant("stranger").id_number, county.applicant("stranger").phone):
        assert secret not in page
    ended = case.do("licence_clerk", lambda given: c.Issue(**given))
    ended.do("licence_clerk", lambda given: c.Serve(**given, method="in_person"))
    handle(case.stream, c.Erase(command_id=uuid4(), at=clock.now(), by=county.actor("data_steward"), basis="x"))
    assert mask_name(name) not in county.client().get("/decisions/").content.decode()


def filed_by_a_person(county: County) -> Filed:
    """A granted case of a person."""
    law, person, at = county.law(), county.applicant("stranger"), clock.now()
    command = c.Submit(
        command_id=uuid4(),
        at=at,
        by=county.actor("stranger"),
        applicant=c.Personal(person.particulars, find_by=person.id_number),
        answers=c.Personal({each.id: plain_answer(each) for each in law.procedure.questions}),
        provided=tuple(
            e.Provided(each.id, form="copy") for each in law.procedure.materials if each.necessary and not each.when
        ),
    )
    done = submit(county.code(), command, key=str(command.command_id))
    case = Filed(county, done.stream, done.query_number, "food-business-new")
    return case.examined().do("decider", lambda given: c.Decide(**given, outcome="grant"))


def test_who_decides_holds_back_on_a_ground_of_the_law_and_how_many_is_public(county: County) -> None:
    granted(county)
    turned()
    row, decider = only(), county.client("decider")
    assert "待公开" in text_of(decider.get("/desk/publicity/"))

    refused = decider.post(f"/desk/publicity/{row.stream}/hold-back/", {"ground": "because"})
    done = decider.post(f"/desk/publicity/{row.stream}/hold-back/", {"ground": "business_secret"})
    county.move_to(clock.now() + timedelta(days=20))
    turned()

    assert (refused.status_code, done.status_code) == (422, 302)
    assert only().status == "held_back"
    assert "涉及商业秘密 · 1" in text_of(county.client().get("/decisions/"))
    assert county.applicant().name not in text_of(county.client().get("/decisions/"))
    assert county.client("decider").post(f"/desk/publicity/{row.stream}/release/").status_code == 302
    turned()
    assert only().status == "published"
    late = queries.of_agency(county.actor("decider"), clock.today())["late"]
    assert [each.stream for each in late] == [row.stream]
    with pytest.raises(NotPossible, match="may_not_hold_back"):
        publishing.hold_back(row.stream, "state_secret", county.actor("officer"), clock.now(), uuid4())
    with pytest.raises(NotPossible, match="unknown_disclosure"):
        publishing.hold_back(uuid4(), "state_secret", county.actor("decider"), clock.now(), uuid4())
    with pytest.raises(BadInput):
        publishing.hold_back(row.stream, "shame", county.actor("decider"), clock.now(), uuid4())
    assert county.client("officer").get("/desk/publicity/").status_code == 403


def test_more_decisions_in_public_cost_no_more_statements_and_stand_on_further_pages(county: County) -> None:
    granted(county)
    county.move_to(clock.now() + timedelta(days=2))
    turned()
    row = only()
    visitor, decider = county.client(), county.client("decider")
    pages = [(visitor, "/decisions/"), (visitor, "/decisions/file/"), (decider, "/desk/publicity/")]
    for who, page in pages:  # what a first look keeps
        who.get(page)
    before = [statements(who, page) for who, page in pages]

    for _ in range(20):
        row.stream = uuid4()
        row.save(force_insert=True)

    assert [statements(who, page) for who, page in pages] == before
    for who, page in (pages[0], pages[2]):
        shown = [text_of(who.get(f"{page}?page={number}")).count(county.applicant().name) for number in (1, 2)]
        assert shown == [20, 1]


def statements(who: Client, page: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert who.get(page).status_code == 200
    return len(asked)


def test_a_refusal_is_nobodys_business_and_the_rows_are_what_the_log_says(county: County) -> None:
    granted(county)
    other = filed(county).examined()
    cite = c.Citation(e.PointKind.CRITERION, county.law().procedure.criteria[0].id, e.Defect.UNMET)
    other.do("decider", lambda given: c.Decide(**given, outcome="refuse", points=(cite,)))
    county.move_to(clock.now() + timedelta(days=3))
    turned()
    assert Disclosure.objects.kept().count() == 1
    before = list(Disclosure.objects.kept().values())

    assert rebuild() == 1
    assert list(Disclosure.objects.kept().values()) == before
