"""Personal data: sealed under keys that can be destroyed, found by nothing but equality."""

import json
import os
import random
import secrets
import stat
import subprocess
import threading
import time
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection, transaction

from banjie.store.keys import datakey, keyring, mask
from banjie.store.keys.blind import blind_index, keyed_digest
from banjie.store.keys.datakey import DataKey, KeyDestroyed, new_data_key, unwrap
from banjie.store.keys.destroy import destroy
from banjie.store.keys.keyring import SealBroken
from banjie.store.keys.models import DataKey as DataKeyRow
from banjie.store.keys.models import Personal
from banjie.store.keys.read import find, open_personal
from banjie.store.keys.rewrap import rewrap
from banjie.store.log.ids import uuid7
from tests import databases, postgres

pytestmark = pytest.mark.database

NAME = "欧阳小敏"
ID_NUMBER = "11010119900307123X"


@pytest.fixture(autouse=True)
def needs_a_key_file(database):
    """Each test has a key file of its own."""


def test_what_is_sealed_opens_at_its_place_and_fits_its_commitment():
    key, _ = new_data_key(uuid7())

    commitment, ciphertext = key.seal("c1/name", NAME.encode())

    assert key.open("c1/name", ciphertext) == NAME.encode()
    assert key.verify("c1/name", ciphertext, commitment)
    assert len(commitment) == 64
    assert NAME.encode() not in ciphertext


def test_the_same_value_never_looks_the_same_twice():
    key, _ = new_data_key(uuid7())

    sealed = {key.seal("c1/name", NAME.encode()) for _ in range(100)}

    assert len({commitment for commitment, _ in sealed}) == 100
    assert len({ciphertext[:12] for _, ciphertext in sealed}) == 100


def test_a_ciphertext_opens_nowhere_else():
    stream, other = uuid7(), uuid7()
    key, (key_id, alg, wrapped) = new_data_key(stream)
    commitment, ciphertext = key.seal("c1/name", NAME.encode())
    strangers = [new_data_key(stream)[0], new_data_key(other)[0]]

    for elsewhere in ("c1/name2", "c1", "c2/name", ""):
        with pytest.raises(SealBroken):
            key.open(elsewhere, ciphertext)
        assert not key.verify(elsewhere, ciphertext, commitment)
    for stranger in strangers:
        with pytest.raises(SealBroken):
            stranger.open("c1/name", ciphertext)
    with pytest.raises(SealBroken):
        unwrap(other, key_id, alg, wrapped)
    with pytest.raises(SealBroken):
        unwrap(stream, "another", alg, wrapped)
    with pytest.raises(ValueError, match="rot13"):
        DataKey(stream, key_id, "rot13", bytes(32))


def test_every_changed_bit_of_a_ciphertext_is_noticed():
    key, _ = new_data_key(uuid7())
    commitment, ciphertext = key.seal("c1/name", b"x")

    for bit in range(len(ciphertext) * 8):
        changed = bytearray(ciphertext)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(SealBroken):
            key.open("c1/name", bytes(changed))
    for short in (b"", ciphertext[:11], ciphertext[:20]):
        with pytest.raises(SealBroken):
            key.open("c1/name", short)
    assert not key.verify("c1/name", ciphertext, "0" * 64)
    assert key.verify("c1/name", ciphertext, commitment)


def test_personal_data_are_read_by_reference(database):
    stream, _ = keep({"c1/name": NAME, "c1/phone": "13812343210"})

    assert open_personal(stream, ["c1/name", "c1/none"]) == {"c1/name": NAME.encode(), "c1/none": None}
    assert open_personal(uuid7(), ["c1/name"]) == {"c1/name": None}
    assert open_personal(stream, []) == {}


def test_a_person_is_found_by_the_whole_number_and_by_nothing_less():
    first, _ = keep({"c1/id": ID_NUMBER}, find_by="identity")
    second, _ = keep({"c1/id": ID_NUMBER, "c1/again": ID_NUMBER}, find_by="identity")
    keep({"c1/id": ID_NUMBER.replace("X", "1")}, find_by="identity")

    assert find("identity", ID_NUMBER) == [first, second]
    # Another keyboard, another width, a space: the same number.
    assert find("identity", " 110101 19900307 123x ") == [first, second]
    assert find("identity", "11010119900307123x") == [first, second]
    for part in (ID_NUMBER[:-1], ID_NUMBER[1:], ID_NUMBER + "0", ""):
        assert find("identity", part) == []
    assert find("phone", ID_NUMBER) == []


def test_blind_indexes_of_fields_and_installations_cannot_be_compared(database, monkeypatch):
    here = blind_index("identity", ID_NUMBER)

    assert len(here) == 16
    assert blind_index("phone", ID_NUMBER) != here
    assert keyed_digest("body", b"x") != keyed_digest("token", b"x")
    monkeypatch.setattr(settings, "KEY_FILE", database.folder / "other.json")
    assert blind_index("identity", ID_NUMBER) != here


def test_destroying_a_key_makes_unreadable_what_it_sealed_and_nothing_else():
    shredded, key_id = keep({"c1/name": NAME, "c1/id": ID_NUMBER}, find_by="identity")
    kept, _ = keep({"c1/name": NAME, "c1/id": ID_NUMBER}, find_by="identity")

    with transaction.atomic():
        destroy(shredded, key_id)

    assert open_personal(shredded, ["c1/name", "c1/id"]) == {"c1/name": None, "c1/id": None}
    assert open_personal(kept, ["c1/name"]) == {"c1/name": NAME.encode()}
    assert find("identity", ID_NUMBER) == [kept]
    row = DataKeyRow.objects.get(stream=shredded)
    assert row.wrapped is None
    assert row.destroyed_at is not None
    with pytest.raises(KeyDestroyed):
        unwrap(shredded, key_id, row.alg, row.wrapped)


def test_destroying_is_part_of_the_callers_transaction_and_safe_to_repeat():
    stream, key_id = keep({"c1/name": NAME}, find_by="name")

    with pytest.raises(RuntimeError):
        destroy(stream, key_id)
    with transaction.atomic():
        destroy(stream, key_id)
        assert open_personal(stream, ["c1/name"]) == {"c1/name": None}
        transaction.set_rollback(True)
    assert open_personal(stream, ["c1/name"]) == {"c1/name": NAME.encode()}
    assert find("name", NAME) == [stream]

    with transaction.atomic():
        destroy(stream, key_id)
    destroyed_at = DataKeyRow.objects.get(stream=stream).destroyed_at
    with transaction.atomic():
        destroy(stream, key_id)
    assert DataKeyRow.objects.get(stream=stream).destroyed_at == destroyed_at
    with pytest.raises(LookupError), transaction.atomic():
        destroy(stream, "never")


COMING_BACK = {
    "sqlite": [
        "UPDATE data_key SET wrapped = x'00', destroyed_at = NULL",
        "DELETE FROM data_key",
        "INSERT OR REPLACE INTO data_key (stream, key_id, alg, wrapped, created_at) "
        "SELECT stream, key_id, alg, x'00', 1 FROM data_key",
        "INSERT OR REPLACE INTO data_key (rowid, stream, key_id, alg, wrapped, created_at) "
        "SELECT rowid, stream, 'other', alg, x'00', 1 FROM data_key",
        "INSERT INTO data_key (stream, key_id, alg, wrapped, created_at) "
        "SELECT stream, key_id, alg, x'00', 1 FROM data_key WHERE true "
        "ON CONFLICT DO UPDATE SET wrapped = x'00', destroyed_at = NULL",
    ],
    "postgresql": [
        "UPDATE data_key SET wrapped = '', destroyed_at = NULL",
        "DELETE FROM data_key",
        "TRUNCATE data_key",
        "MERGE INTO data_key USING (SELECT 1) AS one ON true WHEN MATCHED THEN DELETE",
        "INSERT INTO data_key (stream, key_id, alg, wrapped, created_at) "
        "SELECT stream, key_id, alg, '', 1 FROM data_key "
        "ON CONFLICT (stream, key_id) DO UPDATE SET wrapped = '', destroyed_at = NULL",
    ],
}


@pytest.mark.parametrize("number", range(5))
def test_a_destroyed_key_cannot_come_back(number):
    stream, key_id = keep({"c1/name": NAME})
    with transaction.atomic():
        destroy(stream, key_id)

    with pytest.raises(DatabaseError), connection.cursor() as cursor:
        cursor.execute(COMING_BACK[connection.vendor][number])

    assert DataKeyRow.objects.get(stream=stream).wrapped is None


def test_nothing_personal_lies_in_the_clear_anywhere_on_the_disk(database):
    """T29, for this room: 10,000 canaries sealed; neither the database nor what it dumps holds one."""
    canaries = [f"canary-{secrets.token_hex(8)}" for _ in range(10_000)]
    for start in range(0, len(canaries), 1000):
        keep({f"c1/{number}": each for number, each in enumerate(canaries[start : start + 1000])}, find_by="identity")

    if database.is_postgresql:
        program = postgres._binaries() / "pg_dump"
        held = subprocess.run([program, "--inserts", database.whole_url], capture_output=True, check=True).stdout
    else:
        held = b"".join(path.read_bytes() for path in database.folder.iterdir() if path.is_file())

    assert len(held) > 1_000_000
    assert b"canary-" not in held
    assert b"canary-".hex().encode() not in held


# The key file.


def test_the_key_file_is_made_at_the_first_start_for_its_owner_alone():
    path = Path(settings.KEY_FILE)
    assert not path.exists()

    made = keyring.keyring()

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert keyring.keyring() is made
    assert [each.name for each in path.parent.iterdir() if each.name.startswith("keys.json")] == ["keys.json"]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_key_file_that_others_may_read_is_refused(mode):
    keyring.keyring()
    os.chmod(settings.KEY_FILE, mode)
    databases.forget()

    with pytest.raises(ImproperlyConfigured, match="chmod 600"):
        keyring.keyring()


@pytest.mark.parametrize("content", ["", "{}", '{"keys": []}', '{"keys": [{"id": "x"}], "index_key": ""}', "null"])
def test_a_broken_key_file_is_not_replaced_by_a_new_one(content):
    keyring.keyring()
    Path(settings.KEY_FILE).write_text(content)

    with pytest.raises(ImproperlyConfigured, match="backup"):
        keyring.keyring()

    assert Path(settings.KEY_FILE).read_text() == content


def test_starts_at_the_same_time_agree_on_one_key_file():
    together = threading.Barrier(8)

    def start() -> str:
        together.wait(10)
        return keyring.keyring().newest

    assert len(set(databases.in_threads(*[start] * 8))) == 1


def test_after_a_rotation_new_keys_are_used_and_old_ones_still_read():
    stream, _ = keep({"c1/id": ID_NUMBER}, find_by="identity")
    before = keyring.keyring().newest

    after = keyring.rotate()

    assert after != before == next(iter(keyring.keyring().keys))
    assert keyring.keyring().newest == after
    assert stat.S_IMODE(Path(settings.KEY_FILE).stat().st_mode) == 0o600
    databases.forget()
    assert open_personal(stream, ["c1/id"]) == {"c1/id": ID_NUMBER.encode()}
    assert find("identity", ID_NUMBER) == [stream]
    assert keyring.wrapper(new_data_key(uuid7())[1][2]) == after


def test_rotations_at_the_same_time_lose_no_key():
    made = databases.in_threads(*[keyring.rotate] * 6)

    assert set(made) <= set(keyring.keyring().keys)
    assert len(keyring.keyring().keys) == 7


def test_rewrapped_keys_need_no_older_wrapping_key(record_property):
    streams = [keep({"c1/name": NAME})[0] for _ in range(5)]
    shredded, key_id = keep({"c1/name": NAME})
    with transaction.atomic():
        destroy(shredded, key_id)
    keep_many(2000)
    newest = keyring.rotate()

    started = time.perf_counter()
    moved = [rewrap(limit=1000) for _ in range(4)]
    record_property("keys_rewrapped_per_second", round(sum(moved) / (time.perf_counter() - started)))

    assert moved == [1000, 1000, 5, 0]
    forget_all_but(newest)
    for stream in streams:
        assert open_personal(stream, ["c1/name"]) == {"c1/name": NAME.encode()}
    assert open_personal(shredded, ["c1/name"]) == {"c1/name": None}


def test_a_backup_from_before_dies_with_the_wrapping_key_of_that_time():
    """Crypto-shredding reaches backups: the data key in them is wrapped under a key that is gone."""
    stream, key_id = keep({"c1/name": NAME})
    backup = DataKeyRow.objects.values_list("alg", "wrapped").get(stream=stream)
    with transaction.atomic():
        destroy(stream, key_id)
    forget_all_but(keyring.rotate())

    with pytest.raises(SealBroken):
        unwrap(stream, key_id, backup[0], bytes(backup[1]))


# What is shown.


@pytest.mark.parametrize(
    ("how", "plain", "shown"),
    [
        (mask.mask_name, "张三", "张*"),
        (mask.mask_name, "李小敏", "李*敏"),
        (mask.mask_name, "欧阳小敏", "欧**敏"),
        (mask.mask_name, "王", "*"),
        (mask.mask_name, "", ""),
        (mask.mask_id, ID_NUMBER, "110*************3X"),
        (mask.mask_id, "1234567", "*******"),
        (mask.mask_phone, "13876543210", "138****3210"),
        (mask.mask_phone, "+86 138-7654-3210", "138****3210"),
        (mask.mask_phone, "51234567", "******67"),
        (mask.mask_phone, "110", "***"),
        (mask.mask_address, "江苏省南京市江宁区东山街道1号", "江苏省南京市江宁区****"),
        (mask.mask_address, "贵州省铜仁市玉屏侗族自治县平溪街道", "贵州省铜仁市玉屏侗族自治县****"),
        (mask.mask_address, "苏州市干将路2号", "苏州市****"),
        (mask.mask_address, "苏州市干将路2号世纪小区3幢", "苏州市****"),
        (
            mask.mask_address,
            "内蒙古自治区呼伦贝尔市鄂温克族自治旗巴彦托海镇",
            "内蒙古自治区呼伦贝尔市鄂温克族自治旗****",
        ),
        (mask.mask_address, "北京市海淀区中关村大街1号", "北京市海淀区****"),
        (mask.mask_address, "江苏省昆山市玉山镇", "江苏省昆山市****"),
        (mask.mask_address, "某处3号", "****"),
        (mask.mask_address, "", ""),
    ],
)
def test_what_is_shown_of_a_personal_datum(how, plain, shown):
    assert how(plain) == shown


def keep(values: dict[str, str], find_by: str = "") -> tuple[UUID, str]:
    """A new stream with these personal data; its key's id."""
    stream = uuid7()
    key, (key_id, alg, wrapped) = new_data_key(stream)
    DataKeyRow.objects.create(stream=stream, key_id=key_id, alg=alg, wrapped=wrapped, created_at=1)
    Personal.objects.bulk_create(
        Personal(
            stream=stream,
            ref=ref,
            key_id=key_id,
            alg=alg,
            ciphertext=key.seal(ref, value.encode())[1],
            blind=blind_index(find_by, value) if find_by else None,
        )
        for ref, value in values.items()
    )
    return stream, key_id


def keep_many(count: int) -> None:
    rows = []
    for _ in range(count):
        stream = uuid7()
        _, (key_id, alg, wrapped) = new_data_key(stream)
        rows.append(
            DataKeyRow(stream=stream, key_id=key_id, alg=alg, wrapped=wrapped, created_at=random.getrandbits(40))
        )
    DataKeyRow.objects.bulk_create(rows, batch_size=500)


def forget_all_but(key_id: str) -> None:
    """Throw the older wrapping keys away, as an operator does once nothing is wrapped under them."""
    path = Path(settings.KEY_FILE)
    content = json.loads(path.read_text())
    content["keys"] = [each for each in content["keys"] if each["id"] == key_id]
    path.write_text(json.dumps(content))
    databases.forget()
    datakey.forget()
