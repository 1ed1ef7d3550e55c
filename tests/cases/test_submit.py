"""An application gets a case, a number for life and a receipt: once, in one transaction, whatever happens."""

import os
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest

from banjie import words
from banjie.cases.handle import submit
from banjie.cases.models import Counter, Registration
from banjie.cases.numbers import LAST_SERIAL, case_number, is_query_number, query_number
from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.guards import BadInput
from banjie.engine.not_possible import NotPossible
from banjie.records import catalogue
from banjie.records.parties import mandates
from banjie.store.keys.models import Personal
from banjie.store.keys.read import find
from banjie.store.log import read
from tests.cases.house import House, instant
from tests.cast import demo_uscc, now
from tests.databases import in_threads
from tests.parties import mandated, myself

pytestmark = pytest.mark.database


def serials(house: House) -> list[str]:
    """The last four characters of every number given out, in order."""
    return sorted(number[-4:] for number in Registration.objects.kept().values_list("number", flat=True))


# Numbers


def test_a_number_is_the_code_the_day_and_a_serial_of_that_day(demo):
    done = demo.submit()

    assert done.number == f"{demo.code[:31]}202603020001"
    assert len(done.number) == 43
    assert demo.row(done.stream).number == done.number
    assert [fact.number for fact in done.events] == [done.number]


def test_numbers_follow_one_another_without_a_gap(demo):
    numbers = [demo.submit().number[-4:] for _ in range(12)]

    assert numbers == [f"{serial:04d}" for serial in range(1, 13)]


def test_many_at_once_get_numbers_without_a_gap(house):
    in_threads(*[lambda: [house.submit() for _ in range(5)]] * 8)

    assert serials(house) == [f"{serial:04d}" for serial in range(1, 41)]


def test_a_new_day_of_the_office_begins_at_midnight_in_china(demo):
    moments = ("23:59:59.999999", "00:00:00")
    demo.at = instant("2026-03-02", moments[0])
    evening = [demo.submit(), demo.submit()]
    demo.at = instant("2026-03-03", moments[1])
    night = demo.submit()

    assert [done.number[31:] for done in evening] == ["202603020001", "202603020002"]
    assert night.number[31:] == "202603030001"
    assert demo.row(night.stream).received_on == date(2026, 3, 3)


def test_variants_of_one_item_share_its_numbers(demo):
    first = demo.submit().number
    demo.publish("food-business-new", code=demo.code[:31] + "02")

    second = demo.submit().number
    demo.of_item("public-place-hygiene")
    other = demo.submit().number

    assert (first[-4:], second[-4:], other[-4:]) == ("0001", "0002", "0001")
    assert first[:31] == second[:31] != other[:31]


def test_after_9999_numbers_go_on_with_a_letter(demo):
    Counter.objects.create(code=demo.code[:31], day=date(2026, 3, 2), last=9_998)

    numbers = [demo.submit().number[-4:] for _ in range(3)]

    assert numbers == ["9999", "A000", "A001"]
    assert case_number(demo.code, date(2026, 3, 2), LAST_SERIAL)[-4:] == "Z999"
    with pytest.raises(ValueError, match="only 35999 numbers fit a day"):
        case_number(demo.code, date(2026, 3, 2), LAST_SERIAL + 1)


def test_a_number_of_an_application_that_failed_is_given_to_the_next(house):
    lost = replace(house.application().provided[0], files=(e.FileRef(uuid4().hex, "0" * 64),))

    house.submit()
    with pytest.raises(BadInput):
        house.submit(provided=(lost,))
    with pytest.raises(BadInput):
        house.submit(answers=c.Personal({"place_name": 7}))
    house.submit()

    assert serials(house) == ["0001", "0002"]


def test_a_process_killed_between_number_and_commit_leaves_no_gap(house):
    house.submit()
    program = (
        "import django, os, signal, sys; django.setup()\n"
        "from datetime import date\n"
        "from banjie.cases import sql\n"
        "with sql.reading_and_writing(plainly=False) as wire:\n"
        "    print(sql.next_serial(wire, sys.argv[1], date.fromisoformat(sys.argv[2]))[0], flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )

    arguments = [house.code[:31], house.now.date().isoformat()]
    killed = subprocess.run([sys.executable, "-c", program, *arguments], env=os.environ, capture_output=True, text=True)
    house.submit()

    assert (killed.returncode, killed.stdout) == (-signal.SIGKILL, "2\n")
    assert serials(house) == ["0001", "0002"]


def test_a_query_number_notices_every_slip_of_the_pen(demo):
    number = demo.submit().query_number

    assert len(number) == 14
    assert number.startswith("260302")
    assert is_query_number(number)
    slips = [number[:n] + digit + number[n + 1 :] for n in range(13) for digit in "0123456789" if digit != number[n]]
    swaps = [number[:n] + number[n + 1] + number[n] + number[n + 2 :] for n in range(13) if number[n] != number[n + 1]]
    assert not any(is_query_number(each) for each in (*slips, *swaps, number[:13], number + "0", ""))


def test_query_numbers_are_not_guessed_from_one_another():
    numbers = {query_number(date(2026, 3, 2)) for _ in range(200)}

    assert len(numbers) > 195
    assert all(map(is_query_number, numbers))


# Once


def test_the_same_key_and_body_get_the_first_answer(house):
    command, key = house.application(), uuid4().hex
    first = submit(house.code, command, key, b"body")
    house.do(first.stream, c.Accept, house.cast.clerk)

    again = submit(house.code, replace(command, command_id=uuid4()), key, b"body")

    assert (again.number, again.query_number, again.stream) == (first.number, first.query_number, first.stream)
    assert (again.events, again.version, again.repeated) == (first.events, 1, True)
    assert (Registration.objects.kept().count(), house.version(first.stream)) == (1, 2)


def test_the_same_key_with_another_body_is_refused(house):
    key = uuid4().hex
    house.submit(key=key, body=b"one form")

    with pytest.raises(NotPossible) as no:
        house.submit(key=key, body=b"another form")

    assert no.value.code == "key_reused_with_other_body"
    assert "the first result stands" in words.refusal(no.value, "en").what
    assert Registration.objects.kept().count() == 1


def test_the_same_key_of_somebody_else_is_another_key(house):
    key = uuid4().hex

    own = house.submit(key=key)
    strangers = house.submit(house.cast.stranger, key=key)

    assert own.number != strangers.number
    assert not strangers.repeated


def test_one_key_from_many_at_once_opens_one_case(house):
    command, key = house.application(), uuid4().hex

    told = in_threads(*[lambda: submit(house.code, replace(command, command_id=uuid4()), key, b"body")] * 20)

    assert len({(done.stream, done.number, done.version) for done in told}) == 1
    assert sorted(done.repeated for done in told) == [False] + [True] * 19
    assert serials(house) == ["0001"]


def test_a_key_is_remembered_when_the_item_no_longer_is_offered(demo):
    command, key = demo.application(), uuid4().hex
    first = submit(demo.code, command, key, b"body")
    catalogue.withdraw(demo.code, demo.procedure.version, by="p-keeper", at=demo.now, command_id=uuid4())

    again = submit(demo.code, command, key, b"body")
    with pytest.raises(NotPossible) as other_body:
        submit(demo.code, command, key, b"another body")
    with pytest.raises(NotPossible) as other_key:
        submit(demo.code, command, uuid4().hex, b"body")

    assert (again.number, again.repeated) == (first.number, True)
    assert other_body.value.code == "key_reused_with_other_body"
    assert other_key.value.code == "version_withdrawn"


# What is taken


@pytest.mark.requirement("M201")
def test_an_application_is_taken_on_a_sunday_at_three_in_the_morning(demo):
    demo.at = instant("2026-03-08", "03:00")

    done = demo.submit()

    (fact,) = done.events
    assert fact.at == instant("2026-03-08", "03:00")
    assert demo.row(done.stream).received_on == date(2026, 3, 8)
    assert demo.tasks(done.stream)["receipt"].due_on == date(2026, 3, 13)


def test_an_incomplete_application_is_taken_too(house):
    done = house.submit(provided=())

    (fact,) = done.events
    assert fact.provided == ()
    assert "application_form" in fact.required
    assert house.row(done.stream).stage == "submitted"


def test_everything_wrong_with_an_application_is_said_at_once_and_nothing_is_recorded(house):
    particulars = {**house.application().applicant.value, "id_number": demo_uscc(1)[:-1] + "I"}

    with pytest.raises(BadInput) as no:
        house.submit(applicant=c.Personal(particulars), answers=c.Personal({"area": "gross"}), channel="telegraph")

    missing = [each.id for each in house.procedure.questions if each.needed and not each.when and each.id != "area"]
    assert no.value.problems == [
        ("applicant.id_number", "wrong_check_digit_uscc"),
        ("answers.area", "not_a_number"),
        *((f"answers.{each}", "needed") for each in missing),
        ("channel", "unknown_choice"),
    ]
    assert list(read.streams("case")) == []
    assert Personal.objects.count() == 0


def test_an_item_nobody_offers_cannot_be_applied_for(house):
    with pytest.raises(NotPossible) as no:
        submit("11999921009900208U400013199900001", house.application(), uuid4().hex)

    assert no.value.code == "unknown_item"


def test_a_part_of_something_larger_says_of_what_and_which_part(house):
    bundle = uuid4()

    stream = house.submit(part_of=e.PartOf(str(bundle), "catering")).stream

    assert house.row(stream).part_of == f"catering:{bundle}"
    assert house.state(stream).part_of == e.PartOf(str(bundle), "catering")
    assert house.row(house.submitted()).part_of == ""


def test_an_application_counts_by_the_newest_calendar_and_keeps_its_version(house):
    first = house.submitted()
    house.load_calendar("CN-test-2")

    second = house.submitted()

    assert (house.row(first).calendar, house.row(second).calendar) == ("CN-test-1", "CN-test-2")
    house.do(first, c.Accept, house.cast.clerk)
    assert house.row(first).calendar == "CN-test-1"


def test_a_case_keeps_the_procedure_of_the_day_it_was_handed_in(demo):
    first = demo.submitted()
    procedure = demo.procedure
    demo.publish(
        "food-business-new", version=2, effective_from=date(2026, 3, 4), committed_limit=procedure.notice_limit
    )

    before = demo.submitted()
    demo.at += timedelta(days=2)
    after = demo.submitted()

    assert [demo.row(stream).procedure_version for stream in (first, before, after)] == [1, 1, 2]
    for stream in (first, after):
        demo.do(stream, c.Accept, demo.cast.clerk)
    assert demo.row(first).promised_due_on == date(2026, 3, 16)
    assert demo.row(after).promised_due_on == date(2026, 3, 11)


def test_an_application_is_found_by_the_number_of_its_applicant_and_by_nothing_else(house):
    stream = house.submitted()

    assert find("identity", demo_uscc(1)) == [stream]
    assert find("identity", demo_uscc(2)) == []
    assert find("identity", demo_uscc(1)[:-1]) == []


def test_a_clerk_and_an_agent_can_hand_in_for_somebody(house):
    agent = c.Actor("p-agent", e.ActorKind.AGENT, on_behalf_of="p-applicant")
    mandated()

    by_clerk = house.submit(house.cast.clerk).stream
    by_agent = house.submit(agent, channel="agent").stream

    assert ("p-applicant", "applicant") in house.participants(by_clerk)
    assert {("p-agent", "agent"), ("p-applicant", "applicant")} <= house.participants(by_agent)
    assert (house.row(by_clerk).channel, house.row(by_agent).channel) == ("window", "agent")


def test_an_agent_without_a_mandate_hands_in_nothing_and_does_nothing(house):
    agent = c.Actor("p-agent", e.ActorKind.AGENT, on_behalf_of="p-applicant")
    elsewhere = mandated(items=("1" * 31,))

    with pytest.raises(NotPossible, match="no_mandate"):
        house.submit(agent, channel="agent")
    mandate = mandated(items=(house.code[:31],))
    stream = house.submit(agent, channel="agent", key="once").stream
    mandates.end(mandate, myself("p-agent"), now())

    with pytest.raises(NotPossible, match="no_mandate"):
        house.do(stream, c.Withdraw, agent)
    assert house.kinds(stream) == ["submitted"]
    assert mandates.end(elsewhere, myself("p-applicant"), now()).ended_at is not None


def test_an_agent_acts_in_the_cases_of_whom_they_act_for_and_in_no_other(house):
    agent = c.Actor("p-agent", e.ActorKind.AGENT, on_behalf_of="p-applicant")
    for_another = c.Actor("p-agent", e.ActorKind.AGENT, on_behalf_of="p-neighbour")
    mandate = mandated()
    mandated(giver="p-neighbour")
    stream = house.submit(agent, channel="agent").stream
    mandates.end(mandate, myself("p-applicant"), now())

    with pytest.raises(NotPossible, match="no_mandate"):
        house.do(stream, c.Withdraw, for_another)
    with pytest.raises(NotPossible, match="no_mandate"):
        house.submit(for_another, channel="agent", party="p-applicant")
    assert house.kinds(stream) == ["submitted"]
