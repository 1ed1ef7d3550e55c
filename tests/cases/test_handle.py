"""The one door: what it records, what it refuses, and what happens when two come at once."""

import os
import subprocess
import sys
import threading
import time
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.db.models import F

from banjie import words
from banjie.cases.handle import handle, kept
from banjie.cases.models import Counter
from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.codec import OFFICE_ZONE
from banjie.engine.guards import BadInput
from banjie.engine.not_possible import NotPossible
from banjie.records.catalogue.models import CalendarVersion
from banjie.store.files.models import File
from banjie.store.files.receive import receive
from banjie.store.keys.models import DataKey, Personal
from banjie.store.keys.read import open_personal
from banjie.store.log import clock, read
from tests.cases.house import DISPATCH, FOOD, HYGIENE, House, instant
from tests.cases.tampering import cut_off_newest
from tests.cast import application, envelope
from tests.databases import in_threads

pytestmark = pytest.mark.database

PDF = b"%PDF-1.4\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"


# The main line


@pytest.mark.requirement("M122")
@pytest.mark.parametrize("item", [FOOD, HYGIENE, DISPATCH, "private-school"])
def test_an_application_is_received_accepted_examined_decided_and_served(demo, item):
    house = demo.of_item(item)
    stream = house.submitted()

    house.at += timedelta(minutes=30)
    for _ in house.life(stream):
        house.at += timedelta(minutes=30)

    kinds = house.kinds(stream)
    phases = ("submitted", "accepted", "examined", "granted", "issued", "served", "closed")
    assert [kind for kind in kinds if kind in phases] == list(phases)
    begins_and_ends = [fact.at for fact in house.facts(stream) if e.NAMES[type(fact)] in phases]
    assert begins_and_ends[:5] == sorted(set(begins_and_ends[:5]))
    row = house.row(stream)
    assert (row.stage, row.result, row.version) == ("closed", "granted", len(kinds))


@pytest.mark.requirement("M120")
def test_a_case_handed_up_to_another_agency_says_from_whom_to_whom_and_when(demo):
    house = demo.of_item("forest-seed-forwarded")
    stream = house.submitted()

    for _ in house.life(stream):
        house.at += timedelta(hours=1)

    hand_over = next(fact for fact in house.facts(stream) if isinstance(fact, e.Forwarded))
    assert (hand_over.by.id, hand_over.by.unit, hand_over.to_unit) == ("p-forwarder", "licensing", "city-licensing")
    assert hand_over.at == instant("2026-03-02", "14:00")
    assert house.row(stream).stage == "closed"
    said = words.sentence(hand_over, "en", law=house.law)
    assert said is not None
    assert "Licensing section" in said
    assert "Agriculture, forestry and water section" in said


@pytest.mark.requirement("M120")
def test_every_hand_off_inside_a_case_has_a_sender_a_receiver_and_a_time(house):
    stream = house.submitted()

    before = datetime.now(OFFICE_ZONE)
    dict(house.life(stream))

    handed = [fact for fact in house.facts(stream) if isinstance(fact, e.Assigned)]
    assert [(fact.by.unit, fact.people[0].unit) for fact in handed] == [
        ("licensing", "licensing"),
        ("site-survey", "site-survey"),
    ]
    units = [fact.by.unit for fact in house.facts(stream) if isinstance(fact, e.StepFinished | e.Granted | e.Served)]
    assert units == ["licensing", "site-survey", "decision-office", "licence-desk"]
    assert all(before <= fact.at <= datetime.now(OFFICE_ZONE) for fact in house.facts(stream)[1:])


def test_the_door_tells_what_happened_and_where_the_case_stands(house):
    stream = house.submitted()

    done = house.do(stream, c.Accept, house.cast.clerk)

    (fact,) = done.events
    assert isinstance(fact, e.Accepted)
    assert (done.stream, done.version, done.repeated) == (stream, 2, False)
    assert (done.number, done.query_number) == (house.row(stream).number, house.row(stream).query_number)


# Repeats


def test_a_repeated_command_returns_the_first_result_and_records_nothing(house):
    stream = house.submitted()
    accept = c.Accept(**envelope(house.cast.clerk, seen=1))
    first = handle(stream, accept)
    house.do(stream, c.MakeStatement, house.cast.applicant, text=c.Personal("请尽快办理"))

    again = handle(stream, accept)

    assert (again.events, again.version, again.repeated) == (first.events, first.version, True)
    assert house.kinds(stream) == ["submitted", "accepted", "statement_made"]


def test_a_repeat_is_recognised_by_a_process_that_has_never_seen_the_case(house):
    stream = house.submitted()
    accept = c.Accept(**envelope(house.cast.clerk, seen=1))
    first = handle(stream, accept)
    kept.forget()

    again = handle(stream, accept)

    assert (again.events, again.repeated) == (first.events, True)
    assert house.version(stream) == 2


def test_a_repeat_of_a_command_of_several_facts_returns_all_of_them(house):
    stream = house.issued()
    serve = c.Serve(**envelope(house.cast.server), method="in_person")
    first = handle(stream, serve)
    kept.forget()

    again = handle(stream, serve)

    assert [type(fact) for fact in again.events] == [e.Served, e.Closed]
    assert again.events == first.events


def test_the_same_command_from_many_at_once_is_carried_out_once(house):
    stream = house.submitted()
    accept = c.Accept(**envelope(house.cast.clerk, seen=1))

    told = in_threads(*[lambda: handle(stream, accept)] * 8)

    assert {done.events for done in told} == {told[0].events}
    assert sorted(done.repeated for done in told) == [False] + [True] * 7
    assert house.kinds(stream) == ["submitted", "accepted"]


# Somebody else acted first


def test_who_decided_on_what_they_saw_is_told_when_it_changed(house):
    stream = house.examined()
    seen = house.version(stream)
    house.do(stream, c.MakeStatement, house.cast.applicant, text=c.Personal("补充说明"))

    with pytest.raises(NotPossible) as no:
        house.do(stream, c.Decide, house.cast.decider, seen=seen, outcome="grant")

    assert no.value.code == "changed_meanwhile"
    assert "Reload the case page" in words.refusal(no.value, "en").next
    assert house.kinds(stream)[-1] == "statement_made"
    assert house.do(stream, c.Decide, house.cast.decider, outcome="grant").version == seen + 2


def test_a_reason_that_says_more_is_told_before_that_the_page_is_old(house):
    stream = house.submitted()
    house.do(stream, c.Accept, house.cast.clerk, seen=1)

    with pytest.raises(NotPossible) as no:
        house.do(stream, c.Accept, house.cast.clerk, seen=1)

    assert no.value.code == "already_accepted"


def test_who_does_not_rest_on_what_they_saw_is_decided_again(house):
    stream = house.accepted()
    first, second = house.procedure.steps
    people = {
        rule.slug: tuple(e.Person(each.id, rule.unit) for each in house.cast.officers(rule.slug))
        for rule in (first, second)
    }

    house.do(stream, c.Assign, house.cast.section_head(first.slug), step=first.slug, people=people[first.slug][:1])
    house.do(stream, c.Assign, house.cast.section_head(second.slug), step=second.slug, people=people[second.slug])

    assert house.kinds(stream)[-2:] == ["assigned", "assigned"]


def test_a_command_that_names_a_version_without_having_to_is_held_to_it(house):
    stream = house.issued()
    seen = house.version(stream)

    with pytest.raises(NotPossible) as no:
        house.do(stream, c.Serve, house.cast.server, seen=seen - 1, method="post")

    assert no.value.code == "changed_meanwhile"
    assert house.version(stream) == seen


@pytest.mark.parametrize("kind", sorted(c.RESTS_ON_WHAT_WAS_SEEN, key=lambda cls: cls.__name__))
def test_what_rests_on_what_was_seen_must_say_what_was_seen(house, kind):
    stream = house.submitted()
    needed = {
        c.Decline: {"ground": "barred_78"},
        c.FindNotNeeded: {"basis": "第一条"},
        c.RequestCorrection: {"points": ()},
        c.DecideEnd: {"reasons": c.Personal("x")},
        c.Discontinue: {"ground": "x", "text": c.Personal("x")},
    }
    outcome = {"outcome": "grant"} if kind in (c.Decide, c.DecideAtOnce) else {}

    with pytest.raises(NotPossible) as no:
        handle(stream, kind(**envelope(house.cast.clerk), **needed.get(kind, {}), **outcome))

    assert no.value.code == "expected_version_needed"
    assert house.kinds(stream) == ["submitted"]


def test_of_two_who_decide_on_the_same_page_one_is_told(house):
    stream = house.examined()
    seen = house.version(stream)

    def decide(outcome: str) -> str:
        points = (c.Citation(e.PointKind.CRITERION, "c1", e.Defect.UNMET, c.Personal("未达到")),)
        arguments = {"outcome": outcome, "points": points if outcome == "refuse" else ()}
        try:
            house.do(stream, c.Decide, house.cast.decider, seen=seen, **arguments)
        except NotPossible as no:
            return no.code
        return "done"

    told = in_threads(lambda: decide("grant"), lambda: decide("refuse"))

    assert sorted(told) == ["already_decided", "done"]
    assert house.version(stream) == seen + 1


# Refusals


def test_a_refused_command_leaves_nothing_of_its_own(house):
    stream = house.submitted()
    before = house.row(stream).head, Personal.objects.filter(stream=stream).count()
    statement = c.Citation(e.PointKind.MATERIAL, "a_poem", e.Defect.MISSING, c.Personal("请提交一首诗"))

    with pytest.raises(NotPossible) as no:
        house.do(stream, c.RequestCorrection, house.cast.clerk, points=(statement,))

    assert no.value.code == "outside_guide"
    assert house.kinds(stream) == ["submitted"]
    assert (house.row(stream).head, Personal.objects.filter(stream=stream).count()) == before


def test_a_stranger_can_do_nothing_to_a_case(house):
    stream = house.submitted()

    for kind, arguments in ((c.Withdraw, {}), (c.MakeStatement, {"text": c.Personal("我要看")}), (c.Accept, {})):
        with pytest.raises(NotPossible):
            house.do(stream, kind, house.cast.stranger, seen=1, **arguments)

    assert house.kinds(stream) == ["submitted"]


def test_an_unknown_case_is_unknown(house):
    for kind in (c.Accept, c.MakeStatement):
        arguments = {"text": c.Personal("在吗")} if kind is c.MakeStatement else {}
        with pytest.raises(NotPossible) as no:
            handle(uuid4(), kind(**envelope(house.cast.clerk, seen=1), **arguments))
        assert no.value.code == "unknown_case"


def test_a_stream_of_another_kind_is_no_case(house):
    stream = CalendarVersion.objects.get().stream

    with pytest.raises(NotPossible) as no:
        handle(stream, c.Accept(**envelope(house.cast.clerk, seen=1)))

    assert no.value.code == "unknown_case"


def test_the_door_is_never_opened_inside_another_transaction(house):
    stream = house.submitted()

    with transaction.atomic(), pytest.raises(RuntimeError, match="never opened inside"):
        house.do(stream, c.Accept, house.cast.clerk, seen=1)
    with transaction.atomic(), pytest.raises(RuntimeError, match="never opened inside"):
        house.submit()

    assert house.kinds(stream) == ["submitted"]


def test_an_application_cannot_be_handed_in_to_a_case_that_stands(house):
    stream = house.submitted()

    with pytest.raises(NotPossible) as no:
        handle(stream, house.application())

    assert no.value.code == "already_submitted"


# What time it is


@pytest.mark.parametrize("seconds", [-6, 6, -86_400, 86_400])
def test_an_act_cannot_be_dated_back_or_forward(house, seconds):
    stream = house.submitted()
    at = datetime.now(OFFICE_ZONE) + timedelta(seconds=seconds)

    with pytest.raises(NotPossible) as no:
        handle(stream, c.MakeStatement(**envelope(house.cast.applicant, at), text=c.Personal("昨天说的")))

    assert no.value.code == "at_out_of_range"
    assert house.kinds(stream) == ["submitted"]


@pytest.mark.parametrize("seconds", [-4, 4])
def test_clocks_may_differ_by_a_few_seconds(house, seconds):
    stream = house.submitted()
    at = datetime.now(OFFICE_ZONE) + timedelta(seconds=seconds)

    done = handle(stream, c.MakeStatement(**envelope(house.cast.applicant, at), text=c.Personal("刚才说的")))

    assert done.events[0].at == at


@pytest.mark.parametrize("seconds", [-6, 6])
def test_an_application_cannot_be_dated_back_or_forward(house, seconds):
    at = datetime.now(OFFICE_ZONE) + timedelta(seconds=seconds)

    with pytest.raises(NotPossible) as no:
        house.submit(at=at)

    assert no.value.code == "at_out_of_range"
    assert house.submit().number.endswith("0001")


@pytest.mark.slow
def test_whoever_waits_long_for_their_turn_is_not_told_that_their_clock_is_wrong(house):
    house.submit()
    held, asked = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            Counter.objects.update(last=F("last"))
            held.set()
            asked.wait()
            time.sleep(6)

    def submit() -> str:
        held.wait()
        asked.set()
        return house.submit().number[-4:]

    assert in_threads(hold, submit)[1] == "0002"


def test_in_a_demo_acts_may_be_dated(demo):
    stream = demo.submitted()
    demo.at = instant("2026-03-03", "09:15")

    done = demo.do(stream, c.Accept, demo.cast.clerk)

    assert done.events[0].on.isoformat() == "2026-03-03"
    assert demo.row(stream).accepted_on.isoformat() == "2026-03-03"


# Late entries (补录)


def late(house: House, paper_at: datetime, by: str = "p-clerk", **changes: str) -> c.LateEntry:
    """A paper of this instant, scanned by the clerk, entered with a second person after a registered outage."""
    scan = receive(PDF, "受理通知书.pdf", by, now=0)
    given = {"outage": "2026-11 停机登记 3 号", "second": "p-second-clerk"} | changes
    return c.LateEntry(paper_at=paper_at, scan=e.FileRef(*scan), **given)


def test_what_was_done_on_paper_during_an_outage_is_entered_with_its_own_time(house):
    stream = house.submitted()
    paper_at = datetime.now(OFFICE_ZONE)

    accept = c.Accept(**envelope(house.cast.clerk, seen=1))
    done = handle(stream, replace(accept, late=late(house, paper_at)))

    entered, accepted = done.events
    assert isinstance(entered, e.LateEntered)
    assert (entered.second, entered.outage, accepted.at) == ("p-second-clerk", "2026-11 停机登记 3 号", paper_at)
    scan = File.objects.get(id=UUID(entered.scan.id))
    assert scan.stream == stream


def test_an_application_on_paper_of_days_ago_is_entered_late_and_dated_then(house):
    paper_at = datetime.now(OFFICE_ZONE) - timedelta(days=3)

    done = house.submit(house.cast.clerk, late=late(house, paper_at))

    row = house.row(done.stream)
    assert row.received_on == paper_at.date()
    assert row.number[31:39] == f"{paper_at:%Y%m%d}"
    assert house.kinds(done.stream) == ["late_entered", "submitted"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"second": "p-clerk"}, "second_person_needed"),
        ({"second": ""}, "second_person_needed"),
        ({"outage": " "}, "outage_reference_needed"),
    ],
)
def test_nobody_enters_late_alone_or_without_an_outage(house, changes, code):
    stream = house.submitted()
    entry = late(house, datetime.now(OFFICE_ZONE), **changes)

    with pytest.raises(NotPossible) as no:
        handle(stream, replace(c.Accept(**envelope(house.cast.clerk, seen=1)), late=entry))

    assert no.value.code == code
    assert house.kinds(stream) == ["submitted"]
    assert File.objects.get(id=UUID(entry.scan.id)).stream is None


def test_a_late_entry_is_entered_now(house):
    stream = house.submitted()
    at = datetime.now(OFFICE_ZONE) - timedelta(hours=1)
    entry = late(house, at)

    with pytest.raises(NotPossible) as no:
        handle(stream, replace(c.Accept(**envelope(house.cast.clerk, at, seen=1)), late=entry))

    assert no.value.code == "at_out_of_range"


def test_a_late_entry_without_its_scan_is_refused(house):
    stream = house.submitted()
    entry = replace(late(house, datetime.now(OFFICE_ZONE)), scan=e.FileRef(uuid4().hex, "0" * 64))

    with pytest.raises(BadInput) as no:
        handle(stream, replace(c.Accept(**envelope(house.cast.clerk, seen=1)), late=entry))

    assert no.value.problems == [("late.scan", "unknown_file")]
    assert house.kinds(stream) == ["submitted"]


# Files and personal data


def correcting(house: House) -> UUID:
    """A case whose applicant was asked for a list that is missing."""
    command = house.application()
    without = tuple(each for each in command.provided if each.material != "rules_list")
    stream = house.submit(provided=without).stream
    point = c.Citation(e.PointKind.MATERIAL, "rules_list", e.Defect.MISSING)
    house.do(stream, c.RequestCorrection, house.cast.clerk, points=(point,))
    return stream


def electronic(scan: tuple[str, str]) -> tuple[e.Provided, ...]:
    return (e.Provided("rules_list", (e.FileRef(*scan),)),)


def test_files_handed_in_join_the_case(house):
    stream = correcting(house)
    scan = receive(PDF, "制度清单.pdf", "p-applicant", now=0)

    house.do(stream, c.SubmitCorrection, house.cast.applicant, provided=electronic(scan))

    assert File.objects.get(id=UUID(scan.id)).stream == stream
    assert house.kinds(stream)[-1] == "corrected"


def test_a_file_of_somebody_else_cannot_be_handed_in_and_looks_like_one_that_is_not_there(house):
    stream = correcting(house)
    foreign = receive(PDF, "别人的.pdf", "p-stranger", now=0)
    taken = receive(PDF, "已用的.pdf", "p-applicant", now=0)
    other = correcting(house)
    house.do(other, c.SubmitCorrection, house.cast.applicant, provided=electronic(taken))
    false = (taken.id, "f" * 64)

    told = []
    for scan in (foreign, taken, false, (uuid4().hex, "0" * 64), ("no id", "0" * 64)):
        with pytest.raises(BadInput) as no:
            house.do(stream, c.SubmitCorrection, house.cast.applicant, provided=electronic(scan))
        told.append(no.value.problems)

    assert told == [[("provided", "unknown_file")]] * 5
    assert house.kinds(stream) == ["submitted", "correction_requested"]
    assert File.objects.get(id=UUID(foreign.id)).stream is None


def test_a_file_whose_content_is_not_what_the_command_says_is_refused(house):
    stream = correcting(house)
    scan = receive(PDF, "制度清单.pdf", "p-applicant", now=0)

    with pytest.raises(BadInput):
        house.do(stream, c.SubmitCorrection, house.cast.applicant, provided=electronic((scan.id, "f" * 64)))

    assert File.objects.get(id=UUID(scan.id)).stream is None


def test_an_application_with_its_files_is_one_transaction(house):
    scan = receive(PDF, "制度清单.pdf", "p-applicant", now=0)
    command = house.application()
    others = tuple(each for each in command.provided if each.material != "rules_list")

    stream = house.submit(provided=(*others, *electronic(scan))).stream
    with pytest.raises(BadInput):
        house.submit(provided=(*others, *electronic(scan)))

    assert File.objects.get(id=UUID(scan.id)).stream == stream
    assert house.submit().number.endswith("0002")


def test_personal_data_stand_in_no_fact_and_can_be_read_by_their_reference(house):
    stream = house.submitted()
    house.do(stream, c.MakeStatement, house.cast.applicant, text=c.Personal("我叫高原，住在城关镇"))

    log = b"".join(entry.body for entry in read.entries(stream))

    application_fact, statement = house.facts(stream)
    assert "山居小馆".encode() not in log
    assert "城关镇".encode() not in log
    assert b"13800000000" not in log
    opened = open_personal(stream, [application_fact.applicant.ref, statement.text.ref])
    assert "山居小馆".encode() in opened[application_fact.applicant.ref]
    assert "城关镇".encode() in opened[statement.text.ref]


def test_erasing_destroys_the_key_and_leaves_the_history(house):
    stream = house.closed()
    reference = house.facts(stream)[0].applicant.ref

    done = house.do(stream, c.Erase, house.cast.steward, basis="保存期限届满")

    key = DataKey.objects.get(stream=stream)
    assert (key.wrapped, done.events[0].key_id) == (None, key.key_id)
    assert open_personal(stream, [reference]) == {reference: None}
    assert house.kinds(stream)[-2:] == ["closed", "erased"]


def test_nothing_more_is_sealed_once_the_key_is_destroyed(house):
    stream = house.closed()
    house.do(stream, c.Erase, house.cast.steward, basis="保存期限届满")

    with pytest.raises(NotPossible) as again:
        house.do(stream, c.Erase, house.cast.steward, basis="再来一次")
    with pytest.raises(NotPossible) as no:
        house.do(stream, c.MakeStatement, house.cast.applicant, text=c.Personal("还有话说"))

    assert again.value.code == "already_erased"
    assert no.value.code == "case_gone"


# The copy in the process


def in_another_process(program: str, *arguments: str) -> str:
    """What a program says that runs on the same house."""
    code = f"import django; django.setup()\n{program}"
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True)
    return done.stdout


def test_what_another_process_did_is_seen(house):
    stream = house.accepted()

    in_another_process(
        "import sys\n"
        "from uuid import UUID\n"
        "from banjie.cases.handle import handle\n"
        "from banjie.engine import commands as c, events as e\n"
        "from tests.cast import envelope\n"
        "by = c.Actor('p-applicant', e.ActorKind.APPLICANT)\n"
        "handle(UUID(sys.argv[1]), c.Withdraw(**envelope(by, seen=2)))\n",
        str(stream),
    )
    with pytest.raises(NotPossible) as no:
        house.do(stream, c.MakeStatement, house.cast.applicant, text=c.Personal("还在吗"))

    assert no.value.code == "already_closed"
    assert house.kinds(stream) == ["submitted", "accepted", "withdrawn"]


def test_a_copy_that_is_not_the_databases_history_is_dropped(house):
    stream = house.submitted()
    house.do(stream, c.Accept, house.cast.clerk)  # the process keeps the case as accepted

    cut_off_newest(stream)  # as after restoring a backup
    in_another_process("from banjie.cases.rebuild import rebuild\nrebuild()")
    house.do(stream, c.Accept, house.cast.clerk)

    assert house.kinds(stream) == ["submitted", "accepted"]


def test_a_copy_of_another_history_of_the_same_length_is_dropped(house):
    stream = house.submitted()
    house.do(stream, c.Accept, house.cast.clerk)

    cut_off_newest(stream)
    in_another_process(
        "import sys\n"
        "from uuid import UUID\n"
        "from banjie.cases.handle import handle\n"
        "from banjie.cases.rebuild import rebuild\n"
        "from banjie.engine import commands as c, events as e\n"
        "from tests.cast import envelope\n"
        "rebuild()\n"
        "by = c.Actor('p-applicant', e.ActorKind.APPLICANT)\n"
        "handle(UUID(sys.argv[1]), c.MakeStatement(**envelope(by), text=c.Personal('另一段历史')))\n",
        str(stream),
    )
    house.do(stream, c.MakeStatement, house.cast.applicant, text=c.Personal("接着说"))

    assert house.kinds(stream) == ["submitted", "statement_made", "statement_made"]


def test_a_repeat_of_what_the_database_no_longer_holds_is_carried_out(house):
    stream = house.submitted()
    accept = c.Accept(**envelope(house.cast.clerk, seen=1))
    handle(stream, accept)

    cut_off_newest(stream)  # as after restoring a backup
    in_another_process("from banjie.cases.rebuild import rebuild\nrebuild()")
    again = handle(stream, accept)

    assert not again.repeated
    assert house.kinds(stream) == ["submitted", "accepted"]


def test_the_thirtieth_case_does_not_push_out_the_first(house):
    streams = [house.submitted() for _ in range(30)]

    done = [house.do(stream, c.Accept, house.cast.clerk) for stream in streams]

    assert {each.version for each in done} == {2}
    assert len({each.number for each in done}) == 30


def test_an_applicant_may_be_a_person_without_an_account(house):
    command = application(house.procedure, house.cast.clerk)

    done = house.submit(house.cast.clerk, party="", applicant=command.applicant)

    assert (house.row(done.stream).channel, ("p-applicant", "applicant") in house.participants(done.stream)) == (
        "window",
        False,
    )


@pytest.mark.skipif(
    not os.environ.get("BANJIE_DATABASE_URL", "").startswith("postgres"),
    reason="on SQLite the store's clock is the host's",
)
def test_a_clock_that_was_carried_on_wrongly_is_noticed_by_the_store(house, monkeypatch):
    """A process that slept believes it is earlier: its facts carry the store's time all the same."""
    stream = house.accepted()
    heard = clock.estimate()
    monkeypatch.setattr(clock, "estimate", lambda: heard - 3_600_000_000)

    house.do(stream, c.MakeStatement, house.cast.applicant, text=c.Personal("陈述"))

    (*_, last) = read.entries(stream)
    assert abs(last.recorded_at - clock.now()) < 5_000_000
