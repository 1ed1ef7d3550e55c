"""`banjie reset-code USER`: for a person whom somebody has seen, and for nobody else."""

import pytest

from banjie.records.accounts import passwords
from banjie.records.accounts.models import Kind, ResetCode, User
from banjie.web import clock

pytestmark = pytest.mark.database


def test_a_code_is_shown_once_and_kept_as_a_digest(installed, banjie):
    user = User.objects.create_user("shanju", kind=Kind.APPLICANT)

    code, out, err = banjie("reset-code", "Shanju")

    assert (code, err) == (0, "")
    assert out.strip() not in str(vars(ResetCode.objects.get()))
    assert passwords.may_reset("shanju", out.strip(), clock.now()) == user
    assert passwords.may_reset("shanju", out.strip(), clock.now()) is None


@pytest.mark.parametrize("name", ["nobody", "officer"])
def test_nobody_unknown_and_no_staff_gets_one(installed, banjie, name):
    User.objects.create_user("officer", kind=Kind.STAFF)

    code, out, err = banjie("reset-code", name)

    assert (code, out) == (1, "")
    assert "No applicant" in err
    assert not ResetCode.objects.exists()
