"""依职权: nobody's licence ends without notice, five days, an answer to what they say, a decision and its service."""

from dataclasses import replace

import pytest

from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.clocks import certificate_clock, remedy_clocks
from banjie.engine.guards import BadInput
from banjie.engine.law import Clock, EndGround, ExOfficio
from banjie.engine.lights import case_light
from banjie.engine.reckoning import STARTS
from banjie.engine.state import Stage
from tests.engine import proceeding
from tests.engine.office import (
    AGENT,
    APPLICANT,
    CLERK,
    DECIDER,
    FAR_DECIDER,
    HEAD,
    LAW,
    LAWYER,
    LICENCE_CLERK,
    NEIGHBOUR,
    OFFICER,
    OTHER_SURVEYOR,
    SECTION_HEAD,
    STEWARD,
    STRANGER,
    SURVEYOR,
    filed,
    people,
    person,
    staff,
)
from tests.engine.proceeding import (
    CONFIRMED,
    DECIDED,
    LAST_DAY,
    OPENED,
    RESTORATION,
    REVOCATION,
    SERVED,
    SUSPENSION,
    TOLD,
    decided,
    investigated,
    opened,
    told,
)
from tests.engine.story import PARTICULARS, Story, day, instant, kinds, with_procedure, with_region

OPENING = {
    "licence_number": "JY-Q9",
    "ground": "abuse",
    "discovered_on": day("03-02"),
    "facts": "材料系伪造",
    "holder": PARTICULARS,
}

# Opening


def test_an_opened_proceeding_is_a_case_whose_limit_runs_from_the_day_of_discovery():
    story = opened()

    (fact,) = story.facts
    assert isinstance(fact, e.OpenedExOfficio)
    assert (fact.act, fact.licence, fact.licence_number) == ("revoke", "JY", "JY-Q9")
    assert (fact.ground, fact.basis) == ("abuse", "行政许可法 69(1)(1)")
    assert story.state.channel == "ex_officio"
    assert story.state.stage is Stage.ACCEPTED
    assert story.clock(Clock.LEGAL).start == day("03-02"), "found out on Monday, opened on Wednesday"
    assert story.due(Clock.LEGAL) == day("05-28"), (
        "60 working days: 清明节 and 劳动节 do not count, Saturday 9 May does"
    )
    assert story.running() == {"legal", "step"}


def test_where_the_item_says_so_the_limit_runs_from_the_opening():
    assert opened(SUSPENSION).clock(Clock.LEGAL).start == day("03-04")


def test_only_an_officer_of_the_deciding_agency_opens_it():
    for actor, code in (
        (APPLICANT, "staff_only"),
        (CLERK, "needs_one_of"),
        (DECIDER, "needs_one_of"),
        (staff("far", "far-section", "officer", agency="far"), "not_the_deciding_agency"),
    ):
        assert Story(REVOCATION).no(c.OpenExOfficio, actor, OPENED, **OPENING).code == code


def test_what_is_applied_for_is_not_opened_and_what_is_opened_is_not_applied_for():
    assert Story(LAW).no(c.OpenExOfficio, OFFICER, OPENED, **OPENING).code == "on_application_only"
    assert Story(REVOCATION).no(c.Submit, APPLICANT, OPENED).code == "opened_by_the_agency"
    assert opened().no(c.OpenExOfficio, OFFICER, OPENED, **OPENING).code == "already_submitted"


def test_a_ground_stands_only_where_the_item_names_it_and_while_it_is_in_force():
    for ground in ("repealed", "because", ""):
        no = Story(REVOCATION).no(c.OpenExOfficio, OFFICER, OPENED, **{**OPENING, "ground": ground})
        assert no.code == "no_such_ground_to_end"
    assert Story(REVOCATION).offer(c.OpenExOfficio, OFFICER, OPENED).allowed["ground"] == ("abuse", "fraud")
    later = EndGround(id="later", name="新事由", basis="-", since=day("2027-01-01"))
    none = with_procedure(REVOCATION, ex_officio=ExOfficio(grounds=(later,)))
    assert Story(none).no(c.OpenExOfficio, OFFICER, OPENED, **OPENING).code == "no_ground_in_force"
    before = with_procedure(REVOCATION, effective_from=day("2027-01-01"))
    assert Story(before).no(c.OpenExOfficio, OFFICER, OPENED, **OPENING).code == "procedure_not_in_force"


def test_everything_wrong_with_an_opening_is_said_at_once():
    wrong = {"licence_number": "张三", "facts": " ", "discovered_on": day("03-05"), "holder": {}}

    no = Story(REVOCATION).no(c.OpenExOfficio, OFFICER, OPENED, **{**OPENING, **wrong})

    assert isinstance(no, BadInput)
    assert {
        ("licence_number", "not_a_licence_number"),
        ("facts", "needed"),
        ("discovered_on", "in_the_future"),
        ("holder.name", "needed"),
    } <= set(no.problems)


def test_a_rule_of_proceedings_that_cannot_be_is_refused():
    with pytest.raises(ValueError, match="counts_from"):
        ExOfficio(grounds=proceeding.GROUNDS, counts_from="yesterday")
    with pytest.raises(ValueError, match="grounds"):
        ExOfficio(grounds=())


# The notice


def test_the_notice_follows_the_investigation_and_starts_the_holders_days():
    story = told()

    fact = story.facts[-1]
    assert isinstance(fact, e.IntentTold)
    assert fact.told == ("applicant",)
    assert story.due(Clock.STATEMENT) == day("03-16")
    assert story.due(Clock.HEARING_REQUEST) == day("03-16")


def test_nobody_is_told_before_the_facts_are_established():
    assert opened().no(c.TellIntent, OFFICER, TOLD, text="拟撤销").code == "examination_not_finished"
    unproven = investigated(outcome="not_confirmed")
    assert unproven.no(c.TellIntent, OFFICER, TOLD, text="拟撤销").code == "facts_not_confirmed"


def test_the_notice_is_served_once_by_an_officer_of_the_agency_and_never_by_another():
    story = told()

    assert story.no(c.TellIntent, OFFICER, TOLD, text="拟撤销").code == "intent_already_told"
    assert investigated().no(c.TellIntent, DECIDER, TOLD, text="拟撤销").code == "needs_one_of"
    far = staff("far", "far-section", "officer", agency="far")
    assert investigated().no(c.TellIntent, far, TOLD, text="拟撤销").code == "not_the_deciding_agency"
    assert investigated().no(c.TellHearingRight, OFFICER, TOLD).code == "told_with_the_notice"
    assert filed().no(c.TellIntent, OFFICER, TOLD, text="拟撤销").code == "not_accepted"


def test_a_suspension_has_a_last_day_within_what_the_item_allows_and_nothing_else_has_one():
    story = investigated(SUSPENSION)
    assert story.offer(c.TellIntent, OFFICER, TOLD).allowed["until"] == (day("09-09"),)

    for until in (None, day("03-09"), day("09-10")):
        assert story.no(c.TellIntent, OFFICER, TOLD, text="拟暂扣", until=until).code == "suspension_needs_an_end"
    no = investigated().no(c.TellIntent, OFFICER, TOLD, text="拟撤销", until=day("06-30"))
    assert no.code == "no_end_of_an_end"


# Stated, and answered


def test_every_statement_is_answered_before_anything_is_decided():
    story = told()
    story.do(c.MakeStatement, APPLICANT, "03-10 09:00", text="材料是真的")
    story.do(c.MakeStatement, AGENT, "03-11 09:00", text="另附证明")

    assert story.no(c.DecideEnd, DECIDER, DECIDED, reasons="-").code == "statement_unanswered"
    assert story.offer(c.AnswerStatement, OFFICER, DECIDED).allowed["statement"] == ("1", "2")
    story.do(c.AnswerStatement, OFFICER, DECIDED, statement="1", outcome="not_adopted", text="经鉴定系伪造")
    assert story.no(c.DecideEnd, DECIDER, DECIDED, reasons="-").code == "statement_unanswered"
    story.do(c.AnswerStatement, OFFICER, DECIDED, statement="2", outcome="partly_adopted", text="部分属实")

    assert [each.outcome for each in story.state.statements] == ["not_adopted", "partly_adopted"]
    assert kinds(story.do(c.DecideEnd, DECIDER, DECIDED, reasons="事实清楚")) == ["end_decided"]


def test_an_answer_is_given_once_by_an_officer_with_an_outcome_there_is():
    story = told()
    assert story.no(c.AnswerStatement, OFFICER, TOLD, statement="1", outcome="adopted", text="-").code == (
        "no_statement_to_answer"
    )
    story.do(c.MakeStatement, APPLICANT, "03-10 09:00", text="材料是真的")

    answer = {"statement": "1", "outcome": "adopted", "text": "属实"}
    assert story.no(c.AnswerStatement, CLERK, "03-10 10:00", **answer).code == "needs_one_of"
    assert story.no(c.AnswerStatement, OFFICER, "03-10 10:00", **{**answer, "outcome": "why"}).code == "no_such_outcome"
    assert story.no(c.AnswerStatement, OFFICER, "03-10 10:00", **{**answer, "statement": "9"}).code == (
        "no_statement_to_answer"
    )
    story.do(c.AnswerStatement, OFFICER, "03-10 10:00", **answer)
    assert story.no(c.AnswerStatement, OFFICER, "03-10 11:00", **answer).code == "no_statement_to_answer"


def test_what_the_holder_says_on_paper_is_written_down_by_the_agency_and_by_no_other():
    story = told(party="")

    story.do(c.MakeStatement, CLERK, "03-10 09:00", text="窗口记录：材料是真的")
    assert story.no(c.MakeStatement, STRANGER, "03-10 09:00", text="-").code == "applicants_own_act"
    far = staff("far", "far-section", "officer", agency="far")
    assert story.no(c.MakeStatement, far, "03-10 09:00", text="-").code == "applicants_own_act"
    assert filed().no(c.MakeStatement, CLERK, "03-02 10:00", text="-").code == "applicants_own_act"

    story.do(c.RequestHearing, OFFICER, "03-10 10:00")
    assert story.state.hearing
    assert story.state.hearing.is_pending
    story.do(c.WaiveHearing, OFFICER, "03-11 10:00")
    assert not story.state.hearing.is_pending
    assert told().no(c.RequestHearing, OFFICER, "03-10 10:00").code == "not_told_of_this_hearing", (
        "who has an account asks"
    )


# Heard


def test_the_hearing_goes_by_the_same_rules_and_the_decision_waits_for_its_minutes():
    story = told()
    assert kinds(story.do(c.RequestHearing, APPLICANT, LAST_DAY)) == ["hearing_requested", "paused"]

    assert story.no(c.DecideEnd, DECIDER, "03-18 09:00", reasons="-").code == "hearing_not_held"
    story.do(c.AppointHost, HEAD, "03-18 09:00", host=person(LAWYER))
    story.do(c.GiveHearingNotice, LAWYER, "03-18 10:00", held_on=day("03-30"))
    assert story.clock(Clock.LEGAL).is_paused(day("03-20"))
    story.do(c.CloseHearing, LAWYER, "03-30 16:00", minutes="笔录")
    assert kinds(story.do(c.DecideEnd, DECIDER, "03-31 09:00", reasons="根据笔录")) == ["end_decided"]


def test_whoever_opened_or_investigated_hosts_no_hearing_of_it():
    story = told()
    story.do(c.RequestHearing, APPLICANT, LAST_DAY)

    for examiner in (OFFICER, SURVEYOR, OTHER_SURVEYOR):
        assert story.no(c.AppointHost, HEAD, "03-18 09:00", host=person(examiner)).code == "host_is_examiner"


def test_others_who_are_concerned_are_told_too_and_may_ask_and_state():
    story = investigated()
    story.do(c.NameThirdParties, OFFICER, CONFIRMED, parties=(person(NEIGHBOUR),), particulars=(PARTICULARS,))
    story.do(c.TellIntent, OFFICER, TOLD, text="拟撤销")

    assert story.state.hearing
    assert story.state.hearing.told == ("applicant", "neighbour")
    story.do(c.MakeStatement, NEIGHBOUR, "03-10 09:00", text="同意")
    story.do(c.RequestHearing, NEIGHBOUR, "03-10 10:00")


# Decided


@pytest.mark.parametrize("at", [TOLD, "03-13 17:00", LAST_DAY, "03-16 23:59"])
def test_nothing_is_decided_while_the_holders_days_run_even_when_they_said_everything(at: str):
    story = told()

    no = story.no(c.DecideEnd, DECIDER, at, reasons="-")

    assert no.code == "statement_time_open"
    assert no.facts["until"] == day("03-16")


def test_nothing_is_decided_that_was_not_told():
    assert investigated().no(c.DecideEnd, DECIDER, DECIDED, reasons="-").code == "intent_not_told"
    assert opened().no(c.DecideEnd, DECIDER, DECIDED, reasons="-").code == "examination_not_finished"
    assert filed().no(c.DecideEnd, DECIDER, "03-02 10:00", reasons="-").code == "not_accepted"
    accepted = filed()
    accepted.do(c.Accept, CLERK, "03-02 10:00")
    assert accepted.no(c.DecideEnd, DECIDER, "03-02 11:00", reasons="-").code == "not_ex_officio"


def test_the_decision_is_what_was_told_with_its_remedy_and_what_is_said_of_the_loss():
    fact = decided().facts[-1]

    assert isinstance(fact, e.EndDecided)
    assert (fact.act, fact.number, fact.ground) == ("revoke", "JY-Q9", "abuse")
    assert fact.remedy.reconsideration == "云岭县人民政府"
    assert fact.compensation == "good_faith"
    assert decided(ground="fraud").state.ended.compensation == "", "who cheated is owed nothing"  # type: ignore[union-attr]


def test_who_opened_investigated_told_or_answered_does_not_decide():
    story = told()
    story.do(c.MakeStatement, APPLICANT, "03-10 09:00", text="材料是真的")
    answering = staff("answering", "licensing", "officer")
    story.do(c.AnswerStatement, answering, "03-10 10:00", statement="1", outcome="not_adopted", text="-")

    for who in (OFFICER, SURVEYOR, answering):
        both = replace(who, posts=who.posts | {"decider"}, unit="licensing")
        assert story.no(c.DecideEnd, both, DECIDED, reasons="-").code == "reviewer_may_not_decide"
        assert story.no(c.Discontinue, both, DECIDED, ground="put_right", text="-").code == "reviewer_may_not_decide"
    assert story.no(c.DecideEnd, FAR_DECIDER, DECIDED, reasons="-").code == "not_the_deciding_agency"
    assert story.no(c.DecideEnd, SECTION_HEAD, DECIDED, reasons="-").code == "needs_decider"


def test_the_head_extends_the_sixty_days_once_by_twenty():
    story = told()
    head = replace(HEAD, id="the-head")

    story.do(c.Extend, head, "03-10 09:00", reasons="案情复杂")

    assert story.due(Clock.LEGAL) == day("06-26"), "80 working days from the discovery; 端午节 is a holiday"
    assert story.no(c.Extend, head, "03-10 10:00", reasons="-").code == "already_extended"
    opener = replace(HEAD, id=OFFICER.id)
    assert told().no(c.Extend, opener, "03-10 09:00", reasons="-").code == "examiner_may_not_extend_own_case"


def test_a_limit_that_passes_turns_the_light_red_and_nobody_is_told_that_their_application_waits():
    story = told()

    assert story.advance("2026-08-01 09:00") == []
    assert story.clock(Clock.LEGAL).is_over(day("06-01"))
    assert case_light(story.state, story.law).light(day("06-01")) == "red_plus"
    assert kinds(story.do(c.DecideEnd, DECIDER, "08-03 09:00", reasons="-")) == ["end_decided"]


def test_a_suspension_that_is_over_before_it_is_decided_is_not_decided():
    assert told(SUSPENSION).no(c.DecideEnd, DECIDER, "07-01 09:00", reasons="-").code == "suspension_over"


# Served


def test_the_licence_ends_when_the_decision_is_served_and_not_before():
    story = decided()
    assert not any(isinstance(each, e.LicenceEnded) for each in story.facts)
    clock = certificate_clock(story.state, story.law)
    assert clock
    assert clock.due == day("03-26"), "seven working days"

    facts = story.do(c.Serve, CLERK, SERVED, method="post", receipt="回证")

    assert kinds(facts) == ["served", "licence_ended", "closed"]
    ended = facts[1]
    assert isinstance(ended, e.LicenceEnded)
    assert (ended.licence, ended.number, ended.act, ended.effective_on) == ("JY", "JY-Q9", "revoke", day("03-18"))
    assert story.state.result == "licence_revoked"
    assert {each.clock for each in remedy_clocks(story.state, story.law)} == {Clock.RECONSIDERATION, Clock.COURT}
    story.require_replayable()


def test_nothing_is_issued_for_an_end():
    assert decided().no(c.Issue, LICENCE_CLERK, SERVED).code == "not_granted"


def test_a_suspension_ends_with_its_last_day_and_can_be_lifted_before():
    story = decided(SUSPENSION)
    facts = story.do(c.Serve, CLERK, SERVED, method="in_person")
    assert isinstance(facts[1], e.LicenceEnded)
    assert facts[1].until == day("06-30")
    assert story.state.cancellation_owed is None

    lifted = decided(RESTORATION)
    facts = lifted.do(c.Serve, CLERK, SERVED, method="in_person")
    assert kinds(facts) == ["served", "licence_restored", "closed"]
    assert lifted.state.result == "licence_restored"


# The cancellation that follows


def test_a_revoked_licence_is_still_to_be_cancelled_and_the_case_says_so_until_it_is():
    story = decided()
    assert story.no(c.RecordCancellation, OFFICER, DECIDED, case="999921-0003").code == "nothing_to_cancel"
    story.do(c.Serve, CLERK, SERVED, method="post")

    assert story.state.cancellation_owed == day("03-18")
    assert story.no(c.Erase, STEWARD, "03-19 09:00", basis="示例办法").code == "cancellation_open"
    assert story.no(c.RecordCancellation, CLERK, "03-19 09:00", case="999921-0003").code == "needs_one_of"
    assert story.no(c.RecordCancellation, OFFICER, "03-19 09:00", case=" ").code == "bad_input"
    story.do(c.RecordCancellation, OFFICER, "03-19 09:00", case="999921-0003")
    assert story.state.cancellation_owed is None
    assert story.state.cancellation == "999921-0003"
    assert Story(REVOCATION).no(c.RecordCancellation, OFFICER, OPENED, case="1").code == "not_submitted"


# Discontinued


def test_what_cannot_be_proven_is_discontinued_with_reasons_and_the_licence_stays():
    story = investigated(outcome="not_confirmed")

    facts = story.do(c.Discontinue, DECIDER, TOLD, ground="not_proven", text="鉴定为真")

    assert kinds(facts) == ["discontinued"]
    assert story.state.is_closed
    assert story.state.result == "discontinued"
    assert story.running() == set()
    assert story.no(c.Discontinue, DECIDER, TOLD, ground="not_proven", text="-").code == "already_closed"


def test_public_interest_keeps_a_licence_that_would_be_revoked_and_is_no_reason_for_anything_else():
    assert "public_interest" in told().offer(c.Discontinue, DECIDER, TOLD).allowed["ground"]
    for law in (SUSPENSION, RESTORATION):
        no = told(law).no(c.Discontinue, DECIDER, TOLD, ground="public_interest", text="-")
        assert no.code == "no_such_ground_to_discontinue"


# What an application alone can have


def test_a_proceeding_is_neither_withdrawn_nor_terminated_nor_granted():
    story = told()
    for cls, actor, arguments in (
        (c.Withdraw, APPLICANT, {}),
        (c.Terminate, DECIDER, {"ground": "law"}),
        (c.Decide, DECIDER, {"outcome": "grant"}),
        (c.MoveToVersion, staff("k", "legal", "catalogue_keeper"), {"version": 2, "basis": "-", "reasons": "-"}),
    ):
        more = {"second": people(OFFICER)[0]} if cls is c.MoveToVersion else {}
        assert story.no(cls, actor, DECIDED, **arguments, **more).code == "proceeding_of_its_own"


def test_a_hearing_window_in_calendar_days_does_not_shorten_the_days_to_state():
    story = told(with_region(REVOCATION, hearing_days="calendar_day"))

    assert story.due(Clock.HEARING_REQUEST) == day("03-16"), "the fifth day is a Saturday and rolls"
    assert story.due(Clock.STATEMENT) == day("03-16")


def test_every_clock_of_a_proceeding_names_the_fact_that_started_it():
    assert e.OpenedExOfficio in STARTS[Clock.LEGAL]
    assert e.IntentTold in STARTS[Clock.STATEMENT]
    assert e.IntentTold in STARTS[Clock.HEARING_REQUEST]
    assert e.EndDecided in STARTS[Clock.CERTIFICATE]
    assert instant(OPENED).date() == day("03-04")
