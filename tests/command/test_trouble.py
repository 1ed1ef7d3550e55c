"""What a command says where something around it is missing: words, and no traceback."""

import pytest
from django.db import DatabaseError, connection

from banjie.command import trouble
from tests.cases.tampering import run
from tests.command.conftest import in_a_process


@pytest.fixture
def empty(tmp_path, monkeypatch):
    """A folder in which nothing was ever started."""
    monkeypatch.setenv("BANJIE_DATA_DIR", str(tmp_path))
    for name in ("BANJIE_DATABASE_URL", "BANJIE_KEY_FILE", "BANJIE_KEY_BACKEND"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "name", "value", "says"),
    [
        ("checkpoint --keys", "", "", "start `banjie serve`"),
        ("verify --all", "BANJIE_DATABASE_URL", "postgresql://a:b@127.0.0.1:1/c", "The database does not answer"),
        ("keys list", "BANJIE_KEY_BACKEND", "environment", "BANJIE_KEYS is empty"),
        ("verify", "BANJIE_DATABASE_URL", "nonsense", "BANJIE_DATABASE_URL begins with"),
        ("verify", "BANJIE_DATA_DIR", "/proc/none", "/proc/none"),
    ],
)
def test_where_something_is_missing_it_says_what_to_do(empty, monkeypatch, arguments, name, value, says):
    if name:
        monkeypatch.setenv(name, value)

    done = in_a_process(*arguments.split())

    assert done.returncode == 1
    assert says in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.database
@pytest.mark.parametrize(
    ("value", "says"), [("nonsense", "is no address with a key"), ("ftp://a", "is no address with a key")]
)
def test_a_witness_that_is_none_is_named(house, banjie, settings, value, says):
    house.closed()
    settings.WITNESSES = [value]

    code, _, err = banjie("verify", "--all")

    assert (code, "BANJIE_WITNESSES" in err and says in err) == (1, True)


@pytest.mark.database
def test_a_fault_of_the_program_keeps_its_traceback(installed):
    """The database stands and is whole: what it refused is for whoever mends the program."""
    with pytest.raises(DatabaseError) as refused:
        run("SELECT nothing FROM nowhere")
    connection.rollback() if connection.vendor == "postgresql" else None

    assert trouble.told(refused.value) == ""
    assert trouble.told(ValueError("x")) == ""
