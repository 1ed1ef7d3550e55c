"""依职权办理 at the desk: a licence is looked up, a proceeding opened, told, answered, decided and served.

The holder sees all of it and may speak; others see nothing."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from structlog.testing import capture_logs

from banjie.cases import queries
from banjie.cases.models import Case, Task
from banjie.cases.scope import whole_house
from banjie.config.followers import FOLLOWERS
from banjie.duties.licences import queries as licences
from banjie.duties.licences import rebuild, recording
from banjie.duties.licences.follow import Licences
from banjie.duties.licences.models import Licence
from banjie.duties.licences.standing import Standing
from banjie.duties.licences.standing import on as standing_on
from banjie.duties.papers.make import unsealed
from banjie.duties.papers.queries import of_case
from banjie.duties.publicity import queries as publicity
from banjie.duties.publicity.models import Disclosure
from banjie.duties.statistics.figures import part_of
from banjie.duties.supervision import detecting
from banjie.duties.supervision.models import KeptTrace
from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.codec import microseconds
from banjie.faces.forms import about_licence
from banjie.faces.forms.library import named_by
from banjie.store.log import sequence
from banjie.store.log.follow import run
from banjie.store.log.models import Parked
from banjie.web import clock
from tests.county import County
from tests.faces.cases import Filed, filed
from tests.faces.pages import forms_of, press, text_of

pytestmark = pytest.mark.database

DAY = timedelta(days=1)
CHANGE = "food-business-change"
LOOK_UP = "/desk/proceedings/"
OPEN = "/desk/proceedings/open/"
FOUND = {"ground": "unqualified", "facts": "核查发现场地不符合条件"}


def follow(county: County) -> None:
    """The register of licences reads on."""
    sequence.sequence()
    run([Licences()], now=microseconds(clock.now()))


def everybody_follows() -> None:
    """Every room reads on, and none stumbles over what the agency opened itself."""
    sequence.sequence()
    while run(FOLLOWERS, now=microseconds(clock.now())):
        pass
    assert list(Parked.objects.values_list("follower", "error")) == []


def licensed(county: County) -> tuple[Filed, Licence]:
    """A food licence as it is handed over."""
    case = filed(county).examined()
    case.do("decider", lambda given: c.Decide(**given, outcome="grant"))
    case.do("licence_clerk", lambda given: c.Issue(**given))
    case.do("clerk", lambda given: c.Serve(**given, method="in_person"))
    follow(county)
    return case, Licence.objects.kept().get(number=case.last(e.Issued).number)


def opening(county: County, row: Licence, act: str = "撤销") -> dict[str, str]:
    """The hidden fields of the form that opens this."""
    page = county.client("officer").get(LOOK_UP, {"number": row.number})
    assert act in text_of(page)
    code = next(way.code for each in page.context["found"] for way in each.ways if act in way.name)
    values = {"code": code, "number": row.number, "type": row.type, "command_id": str(page.context["command_id"])}
    return {**values, **FOUND, "discovered_on": clock.today().isoformat()}


def opened(county: County, row: Licence, act: str = "撤销", **more: str) -> str:
    """The query number of a proceeding an officer opened over the page."""
    sent = county.client("officer").post(OPEN, {**opening(county, row, act), **more})
    assert sent.status_code == 302, text_of(sent)
    return str(sent["Location"]).rstrip("/").rpartition("/")[2]


def tasks(stream: UUID) -> list[str]:
    """The kinds of the open tasks of a case."""
    with whole_house("a test looks at every task"):
        return list(Task.objects.everything().filter(stream=stream).values_list("kind", flat=True))


def cases(**wanted: str) -> list[Case]:
    """Every case there is."""
    with whole_house("a test looks at every case"):
        return list(Case.objects.everything().filter(**wanted))


def test_a_licence_is_revoked_by_notice_five_days_answers_decision_and_service_and_then_cancelled(
    county: County,
) -> None:
    case, row = licensed(county)
    officer, decider = county.client("officer"), county.client("decider")

    # Opened by an officer of the agency that issued it; the register says about whom.
    number = opened(county, row)
    stream, address = queries.stream_of(number), f"/desk/cases/{number}/"
    state = county.view(stream).state
    assert (state.former, state.party, state.channel) == (row.number, case.state.party, "ex_officio")
    assert county.view(stream).opened(state.applicant)[state.applicant.ref]["name"] == county.applicant().name  # type: ignore[union-attr]
    page = text_of(officer.get(address))
    assert "核查发现场地不符合条件" in page
    assert "审批标准" not in page
    assert county.applicant().phone not in page
    assert number in text_of(officer.get(LOOK_UP))

    # The holder is told and can speak; a stranger and another agency see nothing.
    holder = county.client("applicant")
    mine = text_of(holder.get(f"/cases/{number}/"))
    assert "拟办理：撤销" in mine
    assert "机关立案" in mine
    assert "收件凭证" not in mine
    assert "/withdraw/" not in holder.get(f"/cases/{number}/").content.decode()
    assert holder.get(f"/cases/{number}/receipt/").status_code == 404
    for role, where in (("stranger", f"/cases/{number}/"), ("other_agency", address)):
        assert county.client(role).get(where).status_code == 404
    press(holder, f"/cases/{number}/make-statement/", "make_statement", text="场地已经整改")
    mine = text_of(holder.get(f"/cases/{number}/"))
    assert "收到持证人的陈述、申辩意见" in mine
    assert "第四十五条。" in mine, "the limit rests on what the proceeding names, no article on applications"
    assert "第四十二条" not in mine
    assert "您跑了几趟" not in mine, "no guide promised anything"

    # Investigated by two people, told by the officer; the holder reads until when they may state and ask.
    people = [f"{county.actor(each).id}@site-survey" for each in ("surveyor", "second_surveyor")]
    press(county.client("survey_head"), address, "assign/investigation", people=people)
    assert "tell_intent" not in forms_of(officer.get(address))
    press(county.client("surveyor"), address, "finish_step/investigation", outcome="confirmed")
    assert tasks(stream) == ["intent"]
    press(officer, address, "tell_intent", text="拟撤销，理由如前")
    mine = text_of(holder.get(f"/cases/{number}/"))
    assert "2026年3月9日" in mine
    assert "没有。我们正在办理" not in mine, "something is asked of the holder now"

    # Nothing is decided before the five days are over and the statement was answered.
    county.move_to(county.view_time() + 7 * DAY)
    officer, decider, holder = (county.client(each) for each in ("officer", "decider", "applicant"))
    assert "陈述、申辩期限到" in text_of(decider.get(address))
    county.move_to(county.view_time() + DAY)
    officer, decider, holder = (county.client(each) for each in ("officer", "decider", "applicant"))
    assert "还没有复核" in text_of(decider.get(address))
    press(officer, address, "answer_statement", statement="1", outcome="not_adopted", text="整改不影响当时的事实")
    assert "decide_end" not in forms_of(officer.get(address))
    assert "决定撤销" in press(decider, address, "decide_end", reasons="不符合法定条件")
    follow(county)
    assert standing_on(Licence.objects.kept().get(stream=row.stream), clock.today()) is Standing.VALID, "not served yet"
    press(county.client("licence_clerk"), address, "serve", method="post")

    assert "陈述、申辩的期限" in text_of(officer.get(address))
    assert "已经超期" not in text_of(officer.get(address)), "who may speak is never late"

    # Served, it has ended; the case asks for the cancellation until that is opened.
    follow(county)
    row.refresh_from_db()
    assert standing_on(row, clock.today()) is Standing.REVOKED
    assert "依法要求赔偿" in text_of(holder.get(f"/cases/{number}/"))
    assert tasks(stream) == ["cancellation"]
    second = opened(county, row, "注销", ground="ended_before", follows=number)
    press(officer, address, "record_cancellation", case=second)
    assert tasks(stream) == []
    assert second in text_of(officer.get(address))

    # Every room takes it in; what the holder takes away is typeset, and what they were told waits in their inbox.
    everybody_follows()
    papers = {each.kind: each for each in of_case(stream)}
    assert {"intent_notice", "decision_to_end", "proof_of_service"} <= papers.keys()
    for kind in ("intent_notice", "decision_to_end"):
        assert unsealed(papers[kind]).startswith(b"%PDF")
    assert "拟作" in text_of(holder.get("/inbox/")) or "决定撤销" in text_of(holder.get("/inbox/"))

    # The end is to be public within seven working days of the decision.
    disclosed = Disclosure.objects.kept().get(case=stream)
    assert (disclosed.kind, disclosed.status) == ("revoke", "due")
    assert (disclosed.due_on - disclosed.decided_on).days == 9, "seven working days, over one weekend"
    (public,) = publicity.shown([disclosed], "zh-Hans")
    assert (public.document, public.licence) == (papers["decision_to_end"].number, row.number)

    # What the agency opened itself is in no figure of applications.
    with whole_house("a test counts"):
        counted = set(Case.objects.everything().filter(part_of("received", "counted")).values_list("stream", flat=True))
    assert counted == {case.stream}


def test_what_cannot_be_opened_is_refused_in_words_and_records_nothing(county: County) -> None:
    _case, row = licensed(county)
    officer = county.client("officer")
    given = opening(county, row)
    before = len(cases())

    missing = officer.post(OPEN, {**given, "discovered_on": "", "facts": ""})
    assert missing.status_code == 422
    assert "请填写这一项" in text_of(missing)
    assert officer.post(OPEN, {**given, "discovered_on": "2027-01-01"}).status_code == 422
    for wrong in ({"number": "JY-0"}, {"code": "1"}, {"type": "WS"}, {"ground": "because"}):
        sent = officer.post(OPEN, {**given, **wrong})
        assert sent.status_code == 409, wrong
        assert "没有立案" in text_of(sent)
    assert "没有立案" in text_of(officer.get(LOOK_UP, {"number": "JY-0"}))
    assert county.client("other_agency").get(LOOK_UP, {"number": row.number}).context["found"] == []
    for role in ("applicant", "clerk", "decider"):
        assert county.client(role).post(OPEN, given).status_code == 403
    assert len(cases()) == before
    assert row.number not in text_of(county.client("clerk").get("/desk/"))


def test_a_button_pressed_twice_opens_one_proceeding_and_what_is_unproven_is_discontinued(county: County) -> None:
    _case, row = licensed(county)
    given, officer = opening(county, row), county.client("officer")

    first, again = officer.post(OPEN, given), officer.post(OPEN, given)
    assert first["Location"] == again["Location"]
    assert len(cases(channel="ex_officio")) == 1

    address = str(first["Location"])
    said = press(county.client("decider"), address, "discontinue", ground="not_proven", text="查无实据")
    assert "证件不变" in said
    follow(county)
    row.refresh_from_db()
    assert standing_on(row, clock.today()) is Standing.VALID


def test_the_detectors_of_gaming_pass_over_a_proceeding_of_the_agency_itself_without_a_warning(county: County) -> None:
    case, row = licensed(county)
    opened(county, row)
    everybody_follows()

    with capture_logs() as lines:
        detecting.refresh()

    assert [line for line in lines if line["event"] == "no_trace"] == []
    assert [each.stream for each in KeptTrace.objects.kept().exclude(plain="")] == [case.stream]
    assert not KeptTrace.objects.kept().filter(stale=True).exists()


def test_a_host_is_chosen_by_the_name_of_the_unit_and_no_window_voids_a_proceeding(county: County) -> None:
    _case, row = licensed(county)
    number = opened(county, row)
    address, officer = f"/desk/cases/{number}/", county.client("officer")
    people = [f"{county.actor(each).id}@site-survey" for each in ("surveyor", "second_surveyor")]
    press(county.client("survey_head"), address, "assign/investigation", people=people)
    press(county.client("surveyor"), address, "finish_step/investigation", outcome="confirmed")
    press(officer, address, "tell_intent", text="拟撤销，理由如前")
    press(county.client("applicant"), f"/cases/{number}/request-hearing/", "request_hearing")

    hosts = county.client("head_of_agency").get(address).content.decode()
    assert 'name="host"' in hosts
    assert "· licensing<" not in hosts
    assert "· 许可审批股<" in hosts
    assert f"/hall/cases/{number}/void/" not in county.client("clerk").get(f"/hall/cases/{number}/").content.decode()


def test_what_was_typed_into_one_proceeding_stands_in_no_other(county: County) -> None:
    _case, row = licensed(county)
    wrong = {**opening(county, row), "facts": "", "discovered_on": "2031-01-01"}

    sent = county.client("officer").post(OPEN, wrong)

    assert sent.status_code == 422
    page = sent.content.decode()
    assert page.count('value="2031-01-01"') == 1
    assert page.count('class="error"') == 2
    assert page.count("<details open>") == 1
    assert page.count("作出决定的时限从立案之日起算") == 2, "of a withdrawal and a cancellation"
    assert page.count('name="follows"') == 1, "only a cancellation completes another case"


def test_two_proceedings_about_one_licence_know_of_each_other_and_the_same_is_not_begun_twice(county: County) -> None:
    _case, row = licensed(county)
    said = {"premises": "云岭县城关镇示范街20号", "place_name": None, "business_format": None, "area": None}
    change = filed(county, CHANGE, licence_number=row.number, **said).accepted()
    follow(county)
    officer, holder = county.client("officer"), county.client("applicant")

    # The officer is told before opening, with the way there; opened all the same, both cases say so.
    looked_up = officer.get(LOOK_UP, {"number": row.number}).content.decode()
    assert "已经有以下办件正在办理" in looked_up
    assert f'href="/desk/cases/{change.number}/"' in looked_up
    number = opened(county, row)
    follow(county)
    for client, face, here, there in (
        (officer, "/desk", number, change.number),
        (officer, "/desk", change.number, number),
        (holder, "", number, change.number),
        (holder, "", change.number, number),
        (county.client("clerk"), "/hall", change.number, ""),
    ):
        page = client.get(f"{face}/cases/{here}/").content.decode()
        assert "同一张证还有以下办件正在办理" in page
        assert not there or f'href="{face}/cases/{there}/"' in page

    # Whoever does not take part in it reads that there is something, and neither what nor its number.
    by, id_number = county.actor("stranger"), county.applicant().id_number
    procedure, answers = county.law(CHANGE).procedure, {"licence_number": row.number}
    for actor, told in ((county.actor("applicant"), [number, change.number]), (by, ["", ""])):
        named = named_by(procedure, answers, actor, id_number, clock.today(), "zh-Hans", "portal")
        assert named is not None
        assert sorted(each.number for each in named.others) == sorted(told)
        assert {bool(each.name) for each in named.others} == {bool(told[0])}

    # The same is not begun twice: neither by the holder, nor by the officer, whose words stay.
    def problems(item: str) -> list[str]:
        applicant = c.Personal(county.applicant().particulars)
        given = c.Personal({**answers, "premises": "云岭县城关镇示范街22号"})
        command = c.Submit(
            command_id=uuid4(), at=clock.now(), by=county.actor("applicant"), applicant=applicant, answers=given
        )
        return [code for _field, code in about_licence.problems(county.law(item).procedure, command, clock.today())]

    assert problems(CHANGE) == ["same_runs_already"]
    assert problems("food-business-correct") == []
    code = queries.view(queries.stream_of(number), clock.now()).state.procedure
    again = {"code": code, "number": row.number, "type": row.type, "command_id": str(uuid4()), **FOUND}
    sent = officer.post(OPEN, {**again, "discovered_on": clock.today().isoformat()})
    assert sent.status_code == 409
    assert "已经有一件同样的程序正在办理" in text_of(sent)
    assert FOUND["facts"] in text_of(sent)
    assert len(cases(channel="ex_officio")) == 1

    # One ends the licence: the other says so, and what can be done; withdrawn, it stands in nobody's way.
    ended = {"at": microseconds(clock.now()), "by": "", "case": queries.stream_of(number).hex, "position": 9}
    ended |= {"type": row.type, "number": row.number, "effective_on": clock.today().isoformat()}
    with transaction.atomic():
        recording.record(row.stream, "revoked", ended, uuid4())
    mine = text_of(holder.get(f"/cases/{change.number}/"))
    assert "现在已经失效：撤销" in mine
    assert "您可以在本页撤回这件申请" in mine
    assert "不要准予" in text_of(officer.get(f"/desk/cases/{change.number}/"))
    change.do("applicant", lambda given: c.Withdraw(**given, text=None))
    row.refresh_from_db()
    assert [each.case for each in licences.running(row)] == [queries.stream_of(number)]
    assert [each[0] for each in row.about] == [change.stream.hex, queries.stream_of(number).hex]
    before = list(Licence.objects.kept().values())
    rebuild.rebuild()
    assert list(Licence.objects.kept().values()) == before
