"""The identifier of GB/T 36904, against identifiers of real licences that others have given out."""

import pytest

from banjie.duties.licences.identifier import Identifier, check_character, parse

REAL = (
    "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U",
    "1.2.156.3005.2.11100000000013338W009.11330105002500287C.2025052201.002.0",
    "1.2.156.3005.2.11100000MB03271699022.340100.000000016.001.9",
)


@pytest.mark.parametrize("text", REAL)
def test_real_identifiers_are_read_and_written_as_they_are(text):
    assert str(parse(text)) == text


@pytest.mark.parametrize("text", REAL)
def test_one_wrong_character_is_noticed_wherever_it_stands(text):
    places = [at for at, each in enumerate(text) if each.isalnum() and at > len("1.2.156.3005.2")]

    for at in places:
        other = "7" if text[at] != "7" else "8"
        with pytest.raises(ValueError, match=r"check character|is no identifier"):
            parse(text[:at] + other + text[at + 1 :])


def test_two_neighbours_in_the_wrong_order_are_noticed():
    text = REAL[1]
    swapped = text.replace("2025052201", "2025052210")

    with pytest.raises(ValueError, match="check character"):
        parse(swapped)


def test_what_somebody_writes_small_or_with_spaces_is_read():
    assert parse(f" {REAL[0].lower()} \n") == parse(REAL[0])


@pytest.mark.parametrize(
    ("serial", "version"), [("", 1), ("A" * 37, 1), ("中", 1), ("A-1", 1), ("A1", 0), ("A1", 1000)]
)
def test_what_cannot_stand_in_an_identifier_is_refused(serial, version):
    with pytest.raises(ValueError, match=r"version|no identifier"):
        Identifier("11100000000013338W011", "340100", serial, version)


def test_every_character_has_exactly_one_check_character():
    assert len({check_character(each) for each in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"}) == 36
