"""`banjie administrators`: an installation gets its first three kinds of administrators once, and never again so."""

import pytest

from banjie.records.accounts import password_rules
from banjie.records.accounts.kinds import ADMINISTRATORS
from banjie.records.accounts.models import User
from banjie.store.log import read
from banjie.web import clock

pytestmark = pytest.mark.database
FOUR = ("--operator", "Yunxing", "--security", "anquan", "--security", "baomi", "--audit", "hecha")


def test_each_gets_a_password_that_holds_for_one_sign_in(house, banjie):
    code, out, err = banjie("administrators", *FOUR)

    told = {line.split()[1]: line.split() for line in out.splitlines()}
    assert code == 0
    kinds = {name: line[0] for name, line in told.items()}
    assert kinds == {"yunxing": "operator", "anquan": "security", "baomi": "security", "hecha": "audit"}
    for name, line in told.items():
        user = User.objects.get(username=name)
        assert user.check_password(line[2])
        assert password_rules.is_outdated(user, clock.now(), 0, is_demo=False), "another one is set first"
        assert line[2] not in err
    opened = [entry for stream in read.streams("account") for entry in read.entries(stream)]
    assert [entry.kind for entry in opened] == ["opened"] * 4


def test_nobody_makes_administrators_a_second_time(house, banjie):
    banjie("administrators", *FOUR)

    code, out, err = banjie("administrators", "--operator", "xinren", "--security", "xiner", "--audit", "xinsan")

    assert (code, out) == (1, "")
    assert "has administrators" in err
    assert User.objects.filter(kind__in=ADMINISTRATORS).count() == 4


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--operator", "yunxing", "--audit", "hecha"), "security: "),
        (("--operator", "yunxing", "--security", "yunxing", "--audit", "hecha"), "yunxing: "),
        (("--operator", "运行", "--security", "anquan", "--audit", "hecha"), "运行: "),
    ],
)
def test_three_kinds_and_names_of_their_own_or_nothing(house, banjie, given, said):
    code, out, err = banjie("administrators", *given)

    assert (code, out) == (1, "")
    assert err.startswith(said)
    assert not User.objects.filter(kind__in=ADMINISTRATORS).exists()


def test_a_demo_gets_none(demo, banjie):
    assert banjie("administrators", *FOUR)[:2] == (1, "")
    assert not User.objects.filter(username="hecha").exists()
