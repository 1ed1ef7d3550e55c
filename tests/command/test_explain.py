"""`banjie explain NUMBER`: every clock of a case, day by day, and why it is due when it is."""

import pytest

from banjie.engine import commands as c
from tests.cases.house import House, instant
from tests.command.conftest import in_a_process

pytestmark = pytest.mark.database


def accepted(house: House) -> str:
    """The number of a case accepted on Tuesday 3 March 2026."""
    stream = house.submitted()
    house.at = instant("2026-03-03")
    return house.do(stream, c.Accept, house.cast.clerk).number


def test_every_clock_is_shown_with_its_days(demo, banjie):
    number = accepted(demo)

    code, out, err = banjie("explain", number)

    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0].startswith(number)
    starts = [line for line in lines if "→" in line]
    assert [line.rpartition("→")[2].strip() for line in starts[:3]] == ["2026-03-09", "2026-03-13", "2026-03-17"]
    assert all("2026-03-0" in line for line in starts)
    promised = lines.index(starts[1])
    assert lines[promised + 1].split(maxsplit=3) == ["2026-03-03", "Tue", "–", "the day it began"]
    assert lines[promised + 11].split(maxsplit=3) == ["2026-03-13", "Fri", "8", "working day"]


def test_the_query_number_will_do(demo, banjie):
    query_number = demo.submit().query_number

    code, out, _ = banjie("explain", query_number)

    assert code == 0
    assert query_number in out.splitlines()[0]


def test_it_is_explained_in_chinese(demo, banjie):
    number = demo.submit().number

    _, out, _ = banjie("explain", number, "--language", "zh-Hans")

    assert "工作日" in out


def test_it_shows_what_time_has_already_brought_about(demo, banjie):
    done = demo.submit()  # in March: accepted by law since

    code, out, _ = banjie("explain", done.number)

    assert code == 0
    assert "Accepted" in out.splitlines()[0]
    assert demo.kinds(done.stream) == ["submitted"]


@pytest.mark.parametrize("number", ["26030200000000", "no number", "'; --"])
def test_a_number_nobody_was_given_is_said_to_be_unknown(demo, banjie, number):
    code, out, err = banjie("explain", number)

    assert (code, out) == (1, "")
    assert "not found" in err


def test_the_command_stands_on_its_own(demo):
    number = accepted(demo)

    done = in_a_process("explain", number)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(number)
