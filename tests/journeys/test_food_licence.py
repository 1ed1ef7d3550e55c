"""The main job, by eight people over their pages: a food business licence from the application to the closed case."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from banjie import words
from banjie.cases import queries
from banjie.engine import events as e
from banjie.engine.timelimits import due
from banjie.store.files.read import open_file
from tests.county import MONDAY, County
from tests.faces.applying import answers, handed_in
from tests.faces.pages import press, text_of

pytestmark = pytest.mark.database

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
HANDED_IN = ("application_form", "equipment_layout", "safety_manager")
FORGOTTEN = ("process_flow", "rules_list")
DAY = timedelta(days=1)


def pdf(name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(f"{name}.pdf", PDF + name.encode(), content_type="application/pdf")


def page(client: Client, address: str) -> HttpResponse:
    response = client.get(address)
    assert response.status_code == 200, (address, response.status_code)
    return response


def day(value: object) -> str:
    return words.day_in_words(value)  # type: ignore[arg-type]


def test_a_food_licence_from_the_application_to_the_closed_case(county: County) -> None:
    calendar = county.law().calendar(county.law().current_calendar)
    procedure = county.law().procedure

    # The applicant files with three files and gets a receipt with the day of the answer.
    applicant = county.client("applicant")
    files = {f"file.{each}": pdf(each) for each in HANDED_IN}
    response = handed_in(county, applicant, {**answers(), **files})
    assert response.status_code == 200, text_of(response)
    receipt = text_of(response)
    number = re.search(r"/cases/(\w+)/receipt/", response.redirect_chain[-1][0]).group(1)  # type: ignore[union-attr]
    assert "收件凭证" in receipt
    assert number in receipt
    assert day(due(MONDAY.date(), procedure.notice_limit, calendar)) in receipt
    stream = queries.stream_of(number)
    assert set(county.view(stream).state.provided) == set(HANDED_IN)

    # The same form handed in again (the button pressed twice) is the same case.
    key = response.redirect_chain[0][0].split("/")[2]
    check = f"/items/{county.code()}/apply/{key}/check/"
    again = applicant.post(check, {"declared": "on", "e_service": "on"}, follow=True)
    assert number in text_of(again)
    assert len(county.view(stream).lines) == 1

    # The clerk sees it in the list, reads it (numbers masked), and names the two that are missing, once.
    county.move_to(MONDAY + timedelta(hours=1))
    assert number in text_of(page(county.client("clerk"), "/hall/"))
    seen = text_of(page(county.client("clerk"), f"/hall/cases/{number}/"))
    assert county.applicant().name in seen
    assert county.applicant().phone not in seen
    assert county.applicant().id_number not in seen
    points = [f"material:{each}:missing" for each in FORGOTTEN]
    asked = {"points": points, "text:material:rules_list": "请附目录清单"}
    told = press(county.client("clerk"), f"/hall/cases/{number}/", "request_correction", **asked)
    assert "待补正" in told
    assert isinstance(county.view(stream).lines[-1].event, e.CorrectionRequested)

    # The applicant reads what is missing and until when, and hands it in.
    county.move_to(MONDAY + DAY)
    case = text_of(page(county.client("applicant"), f"/cases/{number}/"))
    assert "请附目录清单" in case
    assert day(due(MONDAY.date(), procedure.correction_period, calendar)) in case
    files = {f"file.{each}": pdf(each) for each in FORGOTTEN}
    told = press(county.client("applicant"), f"/cases/{number}/", "submit_correction", **files)
    assert "您的补正已于" in told
    assert set(county.view(stream).state.provided) == {*HANDED_IN, *FORGOTTEN}

    # The clerk accepts: from this day the limits run, and the applicant is told both dates.
    accepted_on = (MONDAY + DAY).date()
    told = press(county.client("clerk"), f"/hall/cases/{number}/", "accept")
    promised = day(due(accepted_on, procedure.committed_limit, calendar))  # type: ignore[arg-type]
    legal = day(due(accepted_on, procedure.statutory_limit, calendar))
    assert "受理申请" in told
    assert promised in told
    case = text_of(page(county.client("applicant"), f"/cases/{number}/"))
    assert promised in case
    assert legal in case

    # Heads assign one officer and two surveyors; each finishes their step.
    county.move_to(MONDAY + 2 * DAY)
    officer, surveyors = county.actor("officer"), [county.actor("surveyor"), county.actor("second_surveyor")]
    address = f"/desk/cases/{number}/"
    press(county.client("section_head"), address, "assign/document_review", people=[f"{officer.id}@licensing"])
    chosen = [f"{each.id}@site-survey" for each in surveyors]
    press(county.client("survey_head"), address, "assign/site_survey", people=chosen)
    county.move_to(MONDAY + 3 * DAY)
    assert number in text_of(page(county.client("officer"), "/desk/"))
    found = {f"finding:{each.id}": "met" for each in procedure.criteria}
    press(county.client("officer"), address, "finish_step/document_review", outcome="passed", **found)
    told = press(
        county.client("surveyor"), address, "finish_step/site_survey",
        outcome="passed", opinion="现场与图纸一致", **found,
    )  # fmt: skip
    assert "审查结束" in told

    # Whoever decides grants; the licence desk makes the licence and serves it.
    county.move_to(MONDAY + 4 * DAY)
    told = press(county.client("decider"), address, "decide", outcome="grant")
    assert "准予许可" in told
    press(county.client("licence_clerk"), address, "issue")
    told = press(county.client("licence_clerk"), address, "serve", method="in_person", receipt="本人签收")
    assert "办结" in told

    # The case is closed; the history names every fact, in order.
    state = county.view(stream).state
    assert state.is_closed
    assert state.result == "granted"
    kinds = [type(line.event) for line in county.view(stream).lines]
    assert kinds == [
        e.Submitted, e.CorrectionRequested, e.Corrected, e.Accepted, e.Assigned, e.Assigned, e.StepFinished,
        e.StepFinished, e.Joined, e.Examined, e.Granted, e.Issued, e.Served, e.Closed,
    ]  # fmt: skip
    assert "好消息" in text_of(page(county.client("applicant"), f"/cases/{number}/"))
    progress = text_of(page(county.client(), f"/track/?number={number}"))
    assert "准予许可" in progress
    assert county.applicant().name not in progress


def test_a_stranger_sees_nothing_of_a_case(county: County) -> None:
    applicant = county.client("applicant")
    files = {f"file.{each}": pdf(each) for each in HANDED_IN}
    response = handed_in(county, applicant, {**answers(), **files})
    number = re.search(r"/cases/(\w+)/receipt/", response.redirect_chain[-1][0]).group(1)  # type: ignore[union-attr]
    file = next(iter(county.view(queries.stream_of(number)).state.provided.values())).files[0]

    refused = []
    for role, addresses in {
        "stranger": [f"/cases/{number}/", f"/cases/{number}/receipt/", f"/cases/{number}/files/{file.id}/"],
        "other_agency": [f"/desk/cases/{number}/", f"/desk/cases/{number}/files/{file.id}/"],
    }.items():
        refused += [county.client(role).get(address) for address in addresses]
    unknown = county.client("stranger").get("/cases/26030200000001/")

    for each in refused:
        assert each.status_code == 404
        assert "没有找到这件办件，或者您无权查看" in text_of(each)
        assert county.applicant().name not in text_of(each)
    assert text_of(unknown) == text_of(refused[0])
    assert number not in text_of(county.client("stranger").get("/cases/"))
    assert open_file(file.id) is not None


def test_a_file_is_handed_out_as_an_attachment_to_those_who_may_see_the_case(county: County) -> None:
    applicant = county.client("applicant")
    files = {f"file.{each}": pdf(each) for each in HANDED_IN}
    response = handed_in(county, applicant, {**answers(), **files})
    number = re.search(r"/cases/(\w+)/receipt/", response.redirect_chain[-1][0]).group(1)  # type: ignore[union-attr]
    file = county.view(queries.stream_of(number)).state.provided["safety_manager"].files[0]

    response = county.client("clerk").get(f"/hall/cases/{number}/files/{file.id}/")

    assert response.content == PDF + b"safety_manager"
    assert response["Content-Disposition"].startswith("attachment")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert unescape(response["Content-Disposition"]).count("safety_manager.pdf")
