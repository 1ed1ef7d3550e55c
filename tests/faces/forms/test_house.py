"""What the pages promise about themselves."""

import pytest
from django.urls import NoReverseMatch, reverse

from banjie.engine import commands as c
from banjie.faces.desk.views import FACE as DESK
from banjie.faces.forms.asking import Ask, Face
from banjie.faces.hall.views import FACE as HALL
from banjie.faces.portal.apply import FACE as PORTAL

FACES = (PORTAL, HALL, DESK)
NOT_ON_A_CASE_PAGE = {"submit", "open_ex_officio", "redate", "move_to_version", "erase"}
"""What opens a case has a page of its own; keepers of calendars and rules, and the data steward, are in no case."""


@pytest.mark.parametrize("face", FACES, ids=lambda face: face.name)
def test_every_form_of_a_face_has_an_address_there(face: Face) -> None:
    for ask in face.asks:
        try:
            reverse(f"{face.name}:{ask.kind}", args=["26030200000000"])
        except NoReverseMatch:
            pytest.fail(f"{face.name}/urls.py has no address for {ask.kind}")


def test_every_command_a_person_can_give_has_a_form() -> None:
    asked = {ask.kind for face in FACES for ask in face.asks}

    assert {c.NAMES[each] for each in c.PEOPLES} - asked == NOT_ON_A_CASE_PAGE


def test_every_form_asks_for_the_command_it_is_named_after() -> None:
    for face in FACES:
        for ask in face.asks:
            assert issubclass(ask, Ask)
            assert ask.__name__ == c.KINDS[ask.kind].__name__
