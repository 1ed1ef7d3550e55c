"""From an application on line to a licence in the hand, and from there into the next application: no trip, no paper."""

import re
from uuid import uuid4

import pytest
from django.test import Client
from stdnum.cn import uscc

from banjie.cases import queries as cases
from banjie.duties.delivery import handing
from banjie.duties.licences import queries, signing
from banjie.duties.licences.follow import Licences
from banjie.duties.licences.models import Licence
from banjie.duties.papers import queries as papers
from banjie.duties.papers import sealing
from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.codec import microseconds
from banjie.engine.measures import visits
from banjie.engine.not_possible import NotPossible
from banjie.store.log import sequence
from banjie.store.log.follow import run
from banjie.web import clock
from tests.county import FOOD, County
from tests.duties.seals.papers import ordered
from tests.faces.applying import answers, handed_in, opened, page, particulars, pdf, send
from tests.faces.cases import Filed
from tests.faces.pages import text_of

pytestmark = pytest.mark.database

COMPANY = {
    "answers.company_name": "云岭县山居餐饮有限公司",
    "answers.address": "云岭县城关镇示范街18号",
    "answers.capital": "50",
    "answers.shareholders": "1",
    "answers.business_scope": "餐饮服务",
    "answers.has_agent": "no",
}
REGISTRATION = "company-registration"


def registered(county: County) -> Filed:
    """A company registered on line: applied for page by page, examined, decided, its licence made and sealed."""
    client, code = county.client("applicant"), county.code(REGISTRATION)
    files = {
        f"file.{each}": pdf(f"{each}.pdf") for each in ("application_form", "identity", "office_proof", "articles")
    }
    receipt = handed_in(county, client, {**COMPANY, **files}, code)
    assert receipt.status_code == 200, receipt.content.decode()[-2000:]
    (number,) = re.findall(r"/cases/(\w+)/receipt/", receipt.request["PATH_INFO"])
    case = Filed(county, cases.stream_of(number), number, REGISTRATION)
    case.accepted().assigned("form_review", "registry_head", "registrar").finished("form_review", "registrar")
    case.do("registrar", lambda given: c.Decide(**given, outcome="grant"))
    case.do("licence_clerk", lambda given: c.Issue(**given))
    sequence.sequence()
    run([Licences()], now=microseconds(clock.now()))
    signing.work(clock.now())
    return case


def licence_of(case: Filed) -> Licence:
    """The licence that came of it."""
    issued = case.last(e.Issued)
    return Licence.objects.kept().get(stream=queries.stream_of(issued.licence, issued.number))


def put_under_seal(county: County, row: Licence) -> None:
    """The keeper has the certificate sealed."""
    number = queries.versions(row.stream)[0].paper
    assert number is not None
    paper = papers.find(number)
    assert paper is not None
    sealing.typeset(paper, clock.now())
    ordered(county, papers.find(number))
    sealing.seal_now(papers.find(number), clock.now())


@pytest.mark.requirement("M170", "M202")
def test_a_company_is_registered_without_a_trip_and_its_electronic_licence_opens_the_next_application(
    county: County,
) -> None:
    case = registered(county)
    row = licence_of(case)
    put_under_seal(county, row)
    clerk = county.actor("licence_clerk")
    delivered = handing.send_electronically(case.stream, clerk, uuid4(), clock.now())

    mine = text_of(county.client("applicant").get("/licences/"))
    certificate = county.client("applicant").get(f"/licences/{row.stream}/certificate/")
    said = text_of(Client().get("/verify/", {"number": row.number}))

    holder = queries.content_of(row)["holder"]
    assert (holder["name"], holder["id_type"]) == (COMPANY["answers.company_name"], "uscc")
    assert uscc.is_valid(holder["id_number"])
    assert holder["id_number"].startswith("91999921")
    assert "电子营业执照" in mine
    assert certificate.content.startswith(b"%PDF-")
    assert "真实，有效" in said
    assert "电子营业执照" in said
    assert (visits(case.state), delivered.state) == (0, "served")

    # The company's own next application: nothing of its business licence is asked for.
    client = county.client("applicant")
    address = opened(client, county.code(FOOD))
    told = particulars(county, **{"applicant.name": holder["name"], "applicant.id_number": holder["id_number"]})
    send(client, address, "applicant", told)
    send(client, address, "questions", answers())
    shown = text_of(client.get(page(address, "materials")))
    assert "已从证照库取得" in shown
    assert row.number in shown
    materials = {
        f"file.{each}": pdf(f"{each}.pdf") for each in ("application_form", "equipment_layout", "process_flow")
    }
    send(client, address, "materials", materials)
    receipt = send(client, address, "check", {"declared": "on"}, follow=True)
    (number,) = re.findall(r"/cases/(\w+)/receipt/", receipt.request["PATH_INFO"])
    next_case = Filed(county, cases.stream_of(number), number, FOOD)
    given = next_case.state.provided["business_licence"]
    assert (given.form, given.licence, given.files) == ("library", row.number, ())

    point = c.Citation(e.PointKind.MATERIAL, "business_licence", e.Defect.MISSING)
    with pytest.raises(NotPossible) as no:
        next_case.do("clerk", lambda given: c.RequestCorrection(**given, points=(point,)))
    assert no.value.code == "held_in_library"


def test_somebody_elses_licence_is_not_shown_to_whoever_types_a_number_unless_it_is_public(county: County) -> None:
    case = registered(county)
    number = queries.content_of(licence_of(case))["holder"]["id_number"]
    stranger, on = county.actor("stranger"), clock.today()

    assert queries.standing_for("JY", stranger, number, on) == []
    assert [each.type for each in queries.standing_for("business_licence", stranger, number, on)] == ["YYZZ"]
    assert queries.standing_for("id_card", county.actor("clerk"), number, on) == []
    assert queries.held_by(county.actor("applicant").id, "YYZZ", on) == [licence_of(case)]
    assert queries.held_by("", "YYZZ", on) == []


@pytest.mark.parametrize("item", ["social-security-card", "subsistence-allowance"])
def test_what_needs_one_document_alone_says_so_and_is_counted(county: County, item: str) -> None:
    public = Client()

    guide, listed = text_of(public.get(f"/items/{county.code(item)}/")), public.get("/online/").content.decode()

    assert "一证通办：只凭身份证" in guide
    assert county.code(item) in listed.partition("一证通办 <span")[2].partition("</section>")[0]
    assert "一证通办：只凭身份证" not in text_of(public.get(f"/items/{county.code(FOOD)}/"))
