"""`banjie verify` and `banjie rebuild`: what an insider changed is found, named and, where it was a copy, mended."""

import json
import re

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection

from banjie.command import derived
from banjie.config import worker
from banjie.store.evidence import checkpoints, models, note
from tests.cases.tampering import key, run, without_guards
from tests.command.conftest import in_a_process

pytestmark = pytest.mark.database


def flip_a_bit(stream: object, position: int, column: str = "body") -> None:
    """Change one bit in the middle of a recorded fact."""
    with connection.cursor() as cursor:
        where = "WHERE stream = %s AND position = %s"
        cursor.execute(f"SELECT {column} FROM log {where}", [key(stream), position])
        value = bytearray(cursor.fetchone()[0])
        value[len(value) // 2] ^= 1
        with without_guards():
            run(f"UPDATE log SET {column} = %s {where}", bytes(value), key(stream), position)


def test_a_sound_log_holds(house, banjie):
    house.closed()

    assert banjie("verify")[:2] == (0, "Every chain holds.\n")
    assert banjie("verify", "--rows")[:2] == (0, "Every chain holds.\n")
    code, out, _ = banjie("verify", "--json", "--rows")
    assert (code, json.loads(out)) == (0, {"breaks": [], "rows": []})


def test_an_empty_log_holds(installed, banjie):
    assert banjie("verify", "--rows")[:2] == (0, "Every chain holds.\n")


@pytest.mark.tampers
@pytest.mark.parametrize(("column", "what"), [("body", "changed"), ("hash", "changed"), ("prev", "not_linked")])
def test_one_flipped_bit_is_found_and_the_first_broken_fact_named(house, banjie, column, what):
    house.closed()
    stream = house.closed()
    flip_a_bit(stream, 5, column)

    code, out, _ = banjie("verify")

    first, last = out.splitlines()
    assert code == 1
    assert first == f"broken: stream {stream.hex}, position 5: {what}"
    assert last == "Something is wrong; nothing was changed."


@pytest.mark.tampers
def test_a_program_gets_the_breaks_as_json(house, banjie):
    stream = house.accepted()
    flip_a_bit(stream, 2)

    code, out, _ = banjie("verify", "--json")

    assert code == 1
    assert json.loads(out) == {"breaks": [{"stream": stream.hex, "position": 2, "what": "changed"}], "rows": []}


@pytest.mark.tampers
def test_a_fact_taken_out_of_the_middle_is_missed(house, banjie):
    stream = house.assigned()
    with without_guards():
        run("DELETE FROM log WHERE stream = %s AND position = 2", key(stream))

    code, out, _ = banjie("verify")

    assert code == 1
    assert f"broken: stream {stream.hex}, position 2: missing" in out


@pytest.mark.tampers
def test_it_is_found_by_a_process_that_knows_nothing(house):
    stream = house.accepted()
    flip_a_bit(stream, 1)

    done = in_a_process("verify")

    assert (done.returncode, done.stdout.splitlines()[0]) == (1, f"broken: stream {stream.hex}, position 1: changed")


def test_a_row_that_was_changed_is_named_and_rebuilt(house, banjie):
    stream = house.accepted()
    run('UPDATE "case" SET promised_due_on = NULL WHERE stream = %s', key(stream))

    plain = banjie("verify")
    rows = banjie("verify", "--rows")
    rebuilt = banjie("rebuild")

    assert plain[0] == 0
    assert rows[0] == 1
    assert f"row differs from its history: case of stream {stream} (banjie rebuild mends it)" in rows[1]
    assert rebuilt[:2] == (
        0,
        "Rows that stand as their histories say: 3 of the catalogue, 0 of parties and mandates, 0 of posts given, "
        "0 of the audit trail, 0 of joint handlings, 0 of licences, 0 of papers, 0 of the archive, "
        "0 of what is public, 0 of the queue, 0 of the delivery, 0 of the fees, 0 of inspections, "
        "0 of seals, 0 of supervision, 0 of the tree, 0 of the figures, and those of 1 cases.\n",
    )
    assert banjie("verify", "--rows")[0] == 0


def follow() -> None:
    """Let every follower read what has happened."""
    while worker.turn():
        pass


def told_parts(out: str) -> dict[str, str]:
    """Each part that found a fault, and what it says."""
    parts = json.loads(out)["parts"]
    return {each["part"]: f"{each['fault']['where']}: {each['fault']['what']}" for each in parts if each["fault"]}


@pytest.mark.tampers
def test_everything_is_held_against_everything(house, banjie, tmp_path):
    stream = house.closed()
    follow()
    assert banjie("checkpoint")[0] == 0
    kept = tmp_path / "checkpoint.txt"
    kept.write_text(banjie("checkpoint", "--ask")[1])

    code, out, _ = banjie("verify", "--all", "--against", str(kept))

    assert code == 0, out
    assert out.splitlines()[-1] == "Everything agrees."
    lines = {line.partition(":")[0] for line in out.splitlines()[:-1]}
    assert lines == {
        *("kept elsewhere", "chains", "feed", "tree", "checkpoints", "cosignatures", "declarations"),
        *("rows of cases", "numbers", "personal data", "destroyed keys", "files named", "files"),
        *(f"rows of {room.name}" for room in derived.ROOMS),
    }
    assert "/s)" in out
    code, out, _ = banjie("verify", "--all", "--json")
    assert (code, json.loads(out)["faults"]) == (0, 0)

    with without_guards():
        run("UPDATE counter SET last = last + 1")
        run("UPDATE data_key SET destroyed_at = 1, wrapped = NULL WHERE stream = %s", key(stream))
        run("UPDATE personal SET ref = 'elsewhere' WHERE stream = %s AND ref LIKE '%%applicant'", key(stream))
    code, out, _ = banjie("verify", "--all", "--json")
    found = told_parts(out)
    assert code == 1
    assert set(found) == {"numbers", "personal data", "destroyed keys"}
    assert found["destroyed keys"].startswith(f"stream {stream.hex}: its key was destroyed, and no fact says so")
    assert found["personal data"].startswith(f"stream {stream.hex}, position 1: what it refers to is gone")
    assert "numbers were given out on this day" in found["numbers"]
    assert banjie("verify", "--all")[1].endswith("Something is wrong; nothing was changed.\n")


@pytest.mark.tampers
def test_another_logs_checkpoint_and_a_changed_file_are_told_apart(house, banjie, tmp_path):
    house.closed()
    kept = tmp_path / "checkpoint.txt"
    text = banjie("checkpoint")[1]
    kept.write_text(text.replace("banjie/", "other/", 1))
    assert "is of another log" in banjie("verify", "--against", str(kept))[1]
    kept.write_text(text.replace("standing ", "standing un", 1))
    assert "is not signed by any key of this log" in banjie("verify", "--against", str(kept))[1]
    kept.write_text("nonsense")
    code, _, err = banjie("verify", "--against", str(kept))
    assert (code, "neither a checkpoint nor a proof" in err) == (1, True)


def test_a_key_is_rotated_and_both_keys_are_told(house, banjie):
    house.closed()
    banjie("checkpoint")
    first, witness = banjie("checkpoint", "--keys")[1].splitlines()

    new = banjie("checkpoint", "--rotate")[1].strip()

    assert banjie("checkpoint", "--keys")[1].splitlines() == [first, new, witness]
    house.closed()
    assert new.split("+")[0] in banjie("checkpoint")[1]
    assert banjie("verify", "--all")[0] == 0


def test_a_cosignature_whose_key_nobody_has_named_is_said_not_to_be_checked(house, banjie, settings):
    house.closed()
    follow()
    banjie("checkpoint")
    made, other = checkpoints.newest(), Ed25519PrivateKey.generate()
    line = note.cosign(made.text, "witness.example", other, made.at // 1_000_000)
    models.Cosignature.objects.create(checkpoint=made.no, witness="witness.example", line=str(line), at=made.at)

    code, out, _ = banjie("verify", "--all")

    assert code == 0
    assert re.search(r"^cosignatures: 0 in .* s; 1 not checked: BANJIE_WITNESSES names no key", out, re.MULTILINE)
    assert out.endswith("\nEverything that was checked agrees; not checked: cosignatures.\n")
    parts = json.loads(banjie("verify", "--all", "--json")[1])["parts"]
    assert {each["part"]: each["unchecked"] for each in parts if "unchecked" in each} == {"cosignatures": 1}
    settings.WITNESSES = [f"https://witness.example {note.public('witness.example', note.WITNESS, other)}"]
    assert banjie("verify", "--all")[1].endswith("\nEverything agrees.\n")


def test_a_witness_is_told_the_key_before_anything_was_signed(installed, banjie):
    log, witness = banjie("checkpoint", "--keys")[1].splitlines()

    assert (log.split("/")[0], witness.split("/")[0]) == ("banjie", "banjie-witness")
    assert banjie("checkpoint", "--keys")[1].splitlines() == [log, witness]


def test_an_empty_log_has_nothing_to_sign(installed, banjie):
    assert banjie("checkpoint") == (1, "Nothing has been recorded yet.\n", "")
    assert banjie("verify", "--all")[0] == 0


@pytest.mark.tampers
def test_a_demo_mark_set_or_taken_away_later_shows_in_the_checkpoints(house, banjie):
    house.closed()
    banjie("checkpoint")
    with without_guards():
        run("UPDATE installation SET demo = NOT demo")

    found = told_parts(banjie("verify", "--all", "--json")[1])

    assert found["checkpoints"].startswith("checkpoint 1: the installation was a demo when it was signed")
