"""The keys above all others, wherever they are kept: in a file, in a device, in the environment."""

import base64
import json
import stat
import threading
import time
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction

from banjie.command import main
from banjie.config import rewrapping
from banjie.store.keys import keyring, parcel, rewrap
from banjie.store.keys.blind import blind_index
from banjie.store.keys.keyring import KeysAway, KeysElsewhere, SealBroken
from banjie.store.keys.models import DataKey as DataKeyRow
from banjie.store.keys.read import find, open_personal
from banjie.store.signing import provider
from tests import databases, softhsm
from tests.store.test_keys import ID_NUMBER, NAME, keep, keep_many

pytestmark = pytest.mark.database

needs_a_device = pytest.mark.skipif(not softhsm.is_here(), reason="SoftHSM is not installed")


@pytest.fixture(autouse=True)
def own_keys(database, monkeypatch):
    """Each test has keys of its own."""
    monkeypatch.setattr(settings, "SEAL_KEYS", f"pkcs12:{database.folder / 'seals'}")


def choose(monkeypatch, backend):
    """Keep the keys in this way from now on."""
    monkeypatch.setattr(settings, "KEY_BACKEND", backend)
    if backend == "pkcs11":
        module, label, pin = softhsm.token("keys")
        monkeypatch.setattr(settings, "KEY_PKCS11_MODULE", module)
        monkeypatch.setattr(settings, "KEY_PKCS11_TOKEN", label)
        monkeypatch.setattr(settings, "KEY_PKCS11_PIN", pin)
    if backend == "environment":
        monkeypatch.setattr(settings, "KEYS_GIVEN", keyring.fresh_content())


@pytest.fixture(params=["file", pytest.param("pkcs11", marks=needs_a_device), "environment"])
def backend(request, monkeypatch):
    choose(monkeypatch, request.param)
    return request.param


def said(*arguments: str) -> tuple[int, str]:
    """What `banjie keys` answers."""
    out = StringIO()
    with redirect_stdout(out):
        code = main(["keys", *arguments])
    return code, out.getvalue()


def rotated(monkeypatch) -> str:
    """A new newest key, by whatever way this backend has."""
    try:
        return keyring.rotate()
    except KeysElsewhere as elsewhere:
        monkeypatch.setattr(settings, "KEYS_GIVEN", elsewhere.content)
        return keyring.keyring().newest


# One contract


def test_every_place_for_keys_keeps_the_same_promises(backend, monkeypatch):
    stream, _ = keep({"c1/id": ID_NUMBER}, find_by="identity")
    first, index = keyring.keyring().newest, blind_index("identity", ID_NUMBER)
    wrapped, sealed = parcel.close("letter", b"inside")

    second = rotated(monkeypatch)
    moved = rewrap.rewrap()
    databases.forget()

    # What was sealed opens, what is found is found, under a key that is told apart.
    assert second != first
    assert list(keyring.keyring().keys) == [first, second]
    assert moved == 1
    assert open_personal(stream, ["c1/id"]) == {"c1/id": ID_NUMBER.encode()}
    assert blind_index("identity", ID_NUMBER) == index
    assert find("identity", ID_NUMBER) == [stream]
    assert parcel.unclose("letter", wrapped, sealed) == b"inside"
    # Nothing opens under another label, nor with a changed bit, nor under a key that is not here.
    with pytest.raises(SealBroken):
        keyring.keyring().unwrap("other", wrapped)
    with pytest.raises(SealBroken):
        keyring.keyring().unwrap("letter", wrapped[:-1] + bytes([wrapped[-1] ^ 1]))
    with pytest.raises(SealBroken):
        keyring.keyring().unwrap("letter", bytes(8) + wrapped[8:])


def test_a_key_goes_only_when_a_count_says_that_nothing_lies_under_it(backend, monkeypatch):
    stream, _ = keep({"c1/name": NAME})
    first = keyring.keyring().newest
    second = rotated(monkeypatch)

    with pytest.raises(rewrap.StillInUse) as use:
        rewrap.retire(rewrapping.PLACES, first, nobody_writes=True)
    assert use.value.left == {"data keys": 1}
    with pytest.raises(rewrap.StillInUse) as use:
        rewrap.retire(rewrapping.PLACES, first)
    assert 0 < use.value.wait <= 300
    with pytest.raises(ValueError, match="rotate first"):
        rewrap.retire(rewrapping.PLACES, second)
    with pytest.raises(LookupError):
        rewrap.retire(rewrapping.PLACES, "0" * 16)
    assert rewrapping.work() == 1
    assert rewrapping.work() == 0

    try:
        rewrap.retire(rewrapping.PLACES, first, nobody_writes=True)
    except KeysElsewhere as elsewhere:
        monkeypatch.setattr(settings, "KEYS_GIVEN", elsewhere.content)

    databases.forget()
    assert list(keyring.keyring().keys) == [second]
    assert open_personal(stream, ["c1/name"]) == {"c1/name": NAME.encode()}
    assert keyring.keyring().older == []


# In a device


@needs_a_device
def test_the_file_of_a_device_is_worth_nothing_without_it(monkeypatch):
    choose(monkeypatch, "pkcs11")
    stream, _ = keep({"c1/name": NAME})
    told = json.loads(Path(settings.KEY_FILE).read_text())

    assert set(told["keys"][0]) == {"id", "made_at", "device"}
    assert set(told["index_key"]) == {"under", "wrapped"}
    assert stat.S_IMODE(Path(settings.KEY_FILE).stat().st_mode) == 0o600
    # The device is asked, and says no to a wrong PIN or to a token that is not there.
    monkeypatch.setattr(settings, "KEY_PKCS11_TOKEN", "another")
    databases.forget()
    with pytest.raises(KeysAway):
        open_personal(stream, ["c1/name"])
    assert said("list")[0] == 1
    monkeypatch.setattr(settings, "KEY_PKCS11_MODULE", "")
    with pytest.raises(ImproperlyConfigured, match="BANJIE_KEY_PKCS11_MODULE"):
        keyring.keyring()


@needs_a_device
def test_the_pin_is_read_from_a_file(monkeypatch, tmp_path):
    choose(monkeypatch, "pkcs11")
    (tmp_path / "pin").write_text(f"{softhsm.PIN}\n")
    monkeypatch.setattr(settings, "KEY_PKCS11_PIN", "")
    monkeypatch.setattr(settings, "KEY_PKCS11_PIN_FILE", str(tmp_path / "pin"))

    assert len(keyring.keyring().index_key) == 32
    monkeypatch.setattr(settings, "KEY_PKCS11_PIN_FILE", str(tmp_path / "none"))
    with pytest.raises(ImproperlyConfigured, match="PIN_FILE"):
        keyring.device.device()


@needs_a_device
def test_one_moves_from_a_file_into_a_device_and_back_and_nothing_is_unreadable_in_between(monkeypatch):
    stream, _ = keep({"c1/id": ID_NUMBER}, find_by="identity")
    in_file, index = keyring.keyring().newest, keyring.keyring().index_key

    def reads() -> bool:
        databases.forget()
        found = find("identity", ID_NUMBER) == [stream]
        return found and open_personal(stream, ["c1/id"]) == {"c1/id": ID_NUMBER.encode()}

    choose(monkeypatch, "pkcs11")
    assert reads()
    in_device = keyring.rotate()
    assert reads()
    assert rewrap.work(rewrapping.PLACES) == 1
    rewrap.retire(rewrapping.PLACES, in_file, nobody_writes=True)

    assert reads()
    assert keyring.keyring().in_device == {in_device}
    held = Path(settings.KEY_FILE).read_text()
    assert '"key"' not in held
    assert base64.b64encode(index).decode() not in held

    monkeypatch.setattr(settings, "KEY_BACKEND", "file")
    back = keyring.rotate()
    assert rewrap.work(rewrapping.PLACES) == 1
    rewrap.retire(rewrapping.PLACES, in_device, nobody_writes=True)
    monkeypatch.setattr(settings, "KEY_PKCS11_MODULE", "")
    assert reads()
    assert list(keyring.keyring().keys) == [back]


# In the environment


def test_the_environment_takes_what_a_file_holds(monkeypatch):
    stream, _ = keep({"c1/name": NAME})
    held = Path(settings.KEY_FILE).read_bytes()
    monkeypatch.setattr(settings, "KEY_FILE", "/nowhere/keys.json")
    monkeypatch.setattr(settings, "KEY_BACKEND", "environment")

    for wrong in ("", "not base64!", base64.b64encode(b"{}").decode()):
        monkeypatch.setattr(settings, "KEYS_GIVEN", wrong)
        with pytest.raises(ImproperlyConfigured, match="BANJIE_KEYS"):
            keyring.keyring()
    monkeypatch.setattr(settings, "KEYS_GIVEN", base64.b64encode(held).decode())

    assert open_personal(stream, ["c1/name"]) == {"c1/name": NAME.encode()}
    code, printed = said("rotate")
    assert code == 0
    assert len(json.loads(base64.b64decode(printed))["keys"]) == 2
    assert len(keyring.keyring().keys) == 1


def test_a_place_for_keys_that_does_not_exist_is_refused(monkeypatch):
    monkeypatch.setattr(settings, "KEY_BACKEND", "cupboard")

    with pytest.raises(ImproperlyConfigured, match="cupboard"):
        keyring.keyring()


# Under load


def test_keys_are_rotated_while_people_write_and_nothing_is_unreadable_in_between(record_property):
    """T29: writers and readers go on while everything moves under a new key; at least 5,000 values a second."""
    keep_many(4000)
    streams = [keep({"c1/name": NAME})[0] for _ in range(20)]
    first, stop = keyring.keyring().newest, threading.Event()
    written: list = []

    def write() -> None:
        while not stop.is_set():
            written.append(keep({"c1/name": NAME})[0])
            time.sleep(0.005)

    def read() -> None:
        while not stop.is_set():
            for each in [*streams, *written[-5:]]:
                assert open_personal(each, ["c1/name"]) == {"c1/name": NAME.encode()}
            time.sleep(0.005)

    def move() -> float:
        try:
            time.sleep(0.05)
            keyring.rotate()
            started = time.thread_time()
            moved = 0
            while done := rewrap.work(rewrapping.PLACES, limit=500):
                moved += done
                time.sleep(0.01)
            return moved / (time.thread_time() - started)
        finally:
            stop.set()

    rate = databases.in_threads(write, read, move)[2]
    while rewrap.work(rewrapping.PLACES):
        pass

    record_property("keys_rewrapped_per_second_of_a_core_under_load", round(rate))
    assert rate >= 5000
    assert len(written) > 5
    assert rewrap.left(rewrapping.PLACES, first) == {}
    rewrap.retire(rewrapping.PLACES, first, nobody_writes=True)
    databases.forget()
    for each in [*streams, *written]:
        assert open_personal(each, ["c1/name"]) == {"c1/name": NAME.encode()}


def test_what_was_written_late_under_the_older_key_is_moved_too(monkeypatch):
    """Somebody took the older key, the rotation came, and only then they wrote: the worker looks again."""
    first = keyring.keyring()
    label_of = rewrap.datakey.label
    keyring.rotate()
    assert rewrapping.work() == 0
    stream, key_id = keep({"c1/name": NAME})
    row = DataKeyRow.objects.get(stream=stream)
    label = label_of(stream, key_id, row.alg)
    row.wrapped = first.wrap(label, keyring.keyring().unwrap(label, bytes(row.wrapped)))
    with transaction.atomic():
        row.save(update_fields=["wrapped"])

    assert rewrapping.work() == 0
    monkeypatch.setattr(rewrapping, "AGAIN_SECONDS", 0.0)
    rewrapping.rest.forget()
    assert rewrapping.work() == 1


def test_whatever_is_wrapped_under_the_keyring_is_known_to_those_who_move_it():
    """A room that wraps something under the keyring, and is not among the places, would lose it with an older key."""
    house = Path(rewrapping.__file__).parents[1]
    wraps = {
        str(path.relative_to(house))
        for path in house.rglob("*.py")
        for text in [path.read_text()]
        if "keyring().wrap(" in text or "ring.wrap(" in text or "parcel.close(" in text
    }

    assert wraps == {
        "store/keys/parcel.py",  # by whoever calls it
        "store/keys/datakey.py",  # DataKeys
        "store/keys/rewrap.py",
        "store/files/receive.py",  # UnboundFiles
        "store/files/rewrap.py",
        "store/signing/places.py",  # SealedFiles
        "store/signing/pkcs12.py",
        "store/signing/provider.py",
        "faces/forms/drafts.py",  # Drafts; and answers in an address, which may be lost
    }
    assert [each.name for each in rewrapping.PLACES] == ["data keys", "files", "drafts", "keys of seals"]


def test_the_keys_of_seals_move_with_the_others():
    provider.provider()
    first = keyring.keyring().newest
    keyring.rotate()

    before = rewrap.left(rewrapping.PLACES, first)
    moved = rewrap.work(rewrapping.PLACES)

    assert (before, moved) == ({"keys of seals": 1}, 1)
    rewrap.retire(rewrapping.PLACES, first, nobody_writes=True)
    databases.forget()
    signer = provider.provider()
    assert signer.verify(b"a licence", signer.sign(b"a licence"))


def test_the_command_says_what_lies_where_and_what_to_do():
    keep({"c1/name": NAME})
    first = keyring.keyring().newest

    assert said("rotate")[0] == 0
    refused = said("retire", first)
    listed = said("list")[1]
    moved = said("rewrap")[1]
    done = said("retire", first, "--nobody-writes")

    assert refused[0] == 1
    assert "1 data keys still lie under" in refused[1]
    assert "1 data keys under it" in listed
    assert moved.startswith("1 keys now lie under")
    assert done[0] == 0
    assert said("retire", keyring.keyring().newest)[0] == 1
