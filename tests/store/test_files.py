"""Files: told by their content, encrypted before they touch the disk, and gone with the case's key."""

import io
import os
import stat
import zipfile
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from banjie.store.files import media
from banjie.store.files.bind import bind
from banjie.store.files.models import File
from banjie.store.files.read import describe, find_file, open_file
from banjie.store.files.receive import keep, path, receive
from banjie.store.files.refused import Refused
from banjie.store.files.rewrap import rewrap
from banjie.store.files.sweep import AGE, sweep
from banjie.store.keys import keyring
from banjie.store.keys.datakey import DataKey, new_data_key
from banjie.store.keys.destroy import destroy
from banjie.store.keys.keyring import SealBroken
from banjie.store.keys.models import DataKey as DataKeyRow
from banjie.store.log.ids import uuid7

pytestmark = pytest.mark.database

NOW = 1_800_000_000_000_000
PDF = b"%PDF-1.7 the applicant's business licence"
NAME = "营业执照 张三.pdf"


@pytest.fixture(autouse=True)
def folder(database) -> Path:
    """Each test has a folder of its own."""
    return Path(settings.FILES_DIR)


def archive(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for name in names:
            made.writestr(name, b"content")
    return buffer.getvalue()


DOCX = archive("[Content_Types].xml", "word/document.xml")
XLSX = archive("[Content_Types].xml", "xl/workbook.xml")
OFD = archive("OFD.xml", "Doc_0/Document.xml")


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PDF, media.PDF),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", media.JPEG),
        (b"\x89PNG\r\n\x1a\n....", media.PNG),
        (DOCX, media.DOCX),
        (XLSX, media.XLSX),
        (OFD, media.OFD),
    ],
)
def test_a_file_comes_back_as_it_was_received(content, kind):
    kept = receive(content, NAME, "p-1", NOW)

    assert open_file(kept.id) == (NAME, kind, content)
    assert describe([kept.id, uuid7().hex, "nonsense"]) == {kept.id: (NAME, kind, len(content))}
    row = find_file(kept.id)
    assert row is not None
    assert (row.owner, row.stream, row.size, row.commitment) == ("p-1", None, len(content), kept.commitment)
    assert row.created_at == NOW


def test_neither_content_nor_name_lies_in_the_clear(folder):
    kept = receive(PDF, NAME, "p-1", NOW)

    (stored,) = [each for each in folder.rglob("*") if each.is_file()]
    assert stored == folder / kept.id[-2:] / kept.id
    assert stat.S_IMODE(stored.stat().st_mode) == 0o600
    assert stat.S_IMODE(stored.parent.stat().st_mode) == 0o700
    assert b"licence" not in stored.read_bytes()
    row = File.objects.get()
    assert "张三".encode() not in bytes(row.name_ciphertext)


def test_the_same_content_never_looks_the_same_twice():
    kept = [receive(PDF, NAME, "p-1", NOW) for _ in range(2)]

    assert kept[0].commitment != kept[1].commitment
    assert path(UUID(kept[0].id)).read_bytes()[:64] != path(UUID(kept[1].id)).read_bytes()[:64]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "upload_empty"),
        (b"hello", "unsupported_type"),
        (b" %PDF-1.7", "unsupported_type"),
        (b"<html>%PDF-1.7", "unsupported_type"),
        (b"MZ\x90\x00", "unsupported_type"),
        (b"GIF89a", "unsupported_type"),
        (b"<svg xmlns='x'/>", "unsupported_type"),
        (b"PK\x03\x04", "unsupported_type"),
        (DOCX[:-10], "unsupported_type"),
        (DOCX[:-22] + b"PK\x05\x06" + b"\xff" * 18, "unsupported_type"),
        (archive("anything.txt"), "unsupported_type"),
        (archive("word/document.xml"), "unsupported_type"),
        (archive("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), "unsupported_type"),
        (archive("[Content_Types].xml", "word/document.xml", *(f"{n}" for n in range(5001))), "unsupported_type"),
    ],
)
def test_what_is_not_wanted_is_refused_and_leaves_nothing(content, code, folder):
    with pytest.raises(Refused) as told:
        receive(content, "x.pdf", "p-1", NOW)

    assert told.value.code == code
    assert not File.objects.exists()
    assert [each for each in folder.rglob("*") if each.is_file()] == []


def test_a_file_larger_than_allowed_is_refused(monkeypatch):
    monkeypatch.setattr(settings, "LARGEST_UPLOAD", 100)

    receive(PDF.ljust(100), NAME, "p-1", NOW)
    with pytest.raises(Refused, match="too_large"):
        receive(PDF.ljust(101), NAME, "p-1", NOW)


def test_bytes_are_on_the_disk_before_the_row_stands(monkeypatch, folder):
    synced = []
    fsync = os.fsync
    monkeypatch.setattr(os, "fsync", lambda descriptor: synced.append(File.objects.count()) or fsync(descriptor))

    receive(PDF, NAME, "p-1", NOW)

    # The key file is made on the way, too: at least the file, its folder and the folder's folder.
    assert len(synced) >= 3
    assert set(synced) == {0}


def test_a_bound_file_is_read_under_the_cases_key_and_dies_with_it():
    stream, key = opened_case()
    other_stream, other_key = opened_case()
    kept, elsewhere = receive(PDF, NAME, "p-1", NOW), receive(PDF, NAME, "p-2", NOW)
    join(stream, [kept.id], key)
    join(other_stream, [elsewhere.id], other_key, owner="p-2")
    assert open_file(kept.id) == (NAME, media.PDF, PDF)

    with transaction.atomic():
        destroy(stream, key.key_id)

    assert open_file(kept.id) is None
    assert describe([kept.id, elsewhere.id]) == {elsewhere.id: (NAME, media.PDF, len(PDF))}
    assert open_file(elsewhere.id) == (NAME, media.PDF, PDF)


def test_a_file_this_house_made_lies_under_the_cases_key_from_the_beginning_and_only_with_its_fact():
    stream, key = opened_case()
    with pytest.raises(RuntimeError):
        keep(PDF, NAME, "papers", NOW, key)
    with transaction.atomic():
        kept = keep(PDF, NAME, "papers", NOW, key)

    assert find_file(kept.id).stream == stream
    assert open_file(kept.id).content == PDF
    with transaction.atomic():
        destroy(stream, key.key_id)
    assert open_file(kept.id) is None


def test_only_its_owner_or_staff_can_give_a_file_to_a_case():
    stream, key = opened_case()
    kept = receive(PDF, NAME, "p-1", NOW)

    with pytest.raises(Refused, match="not_your_file"):
        join(stream, [kept.id], key, owner="p-2")
    assert File.objects.get().stream is None

    join(stream, [kept.id], key, owner="p-2", is_staff=True)
    assert File.objects.get().stream == stream


def test_a_file_belongs_to_one_case():
    stream, key = opened_case()
    other_stream, other_key = opened_case()
    kept = receive(PDF, NAME, "p-1", NOW)
    join(stream, [kept.id], key)
    row = File.objects.values().get()

    with pytest.raises(Refused, match="file_of_another_case"):
        join(other_stream, [kept.id], other_key, is_staff=True)
    join(stream, [kept.id, kept.id], key)

    assert File.objects.values().get() == row


@pytest.mark.parametrize("id", ["nonsense", "", "0" * 32])
def test_a_file_nobody_knows_is_refused(id):
    stream, key = opened_case()

    with pytest.raises(Refused, match="unknown_file"):
        join(stream, [id], key)
    with pytest.raises(Refused, match="unknown_file"):
        open_file(id)
    assert find_file(id) is None


def test_binding_is_part_of_the_callers_transaction():
    stream, key = opened_case()
    kept = receive(PDF, NAME, "p-1", NOW)

    with pytest.raises(RuntimeError):
        bind(stream, [kept.id], key, owner="p-1")
    with transaction.atomic():
        bind(stream, [kept.id], key, owner="p-1")
        transaction.set_rollback(True)

    assert File.objects.get().stream is None
    assert open_file(kept.id) == (NAME, media.PDF, PDF)


def test_a_file_changed_or_swapped_or_lost_on_the_disk_is_noticed():
    kept, other = (UUID(receive(PDF, NAME, "p-1", NOW).id) for _ in range(2))
    sound = path(kept).read_bytes()

    for wrong in (path(other).read_bytes(), sound[:-1], sound[:50] + bytes([sound[50] ^ 1]) + sound[51:], b""):
        path(kept).write_bytes(wrong)
        with pytest.raises(SealBroken):
            open_file(kept.hex)
    path(kept).unlink()
    with pytest.raises(SealBroken, match="gone"):
        open_file(kept.hex)


def test_a_wrapped_key_of_another_file_does_not_open_this_one():
    kept, other = (receive(PDF, NAME, "p-1", NOW).id for _ in range(2))
    File.objects.filter(id=kept).update(wrapped=File.objects.get(id=other).wrapped)

    with pytest.raises(SealBroken):
        open_file(kept)


def test_the_database_knows_one_keeper_of_a_key():
    kept = receive(PDF, NAME, "p-1", NOW)

    for change in ({"wrapped_by": "stream"}, {"stream": uuid7()}, {"wrapped_by": "nobody"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            File.objects.filter(id=kept.id).update(**change)


def test_what_never_joined_a_case_is_swept_away_after_a_week(folder):
    stream, key = opened_case()
    old, young, bound = (receive(PDF, NAME, "p-1", NOW).id for _ in range(3))
    File.objects.filter(id=young).update(created_at=NOW + 1)
    join(stream, [bound], key)

    assert sweep(NOW + AGE) == 0
    assert sweep(NOW + AGE + 1) == 1
    assert sweep(NOW + AGE + 1) == 0

    assert find_file(old) is None
    assert not path(UUID(old)).exists()
    assert open_file(young) == open_file(bound) == (NAME, media.PDF, PDF)


def test_bytes_without_a_row_are_swept_away_after_a_week(folder):
    """As an upload leaves them that broke off between the disk and the database."""
    kept, broken_off = receive(PDF, NAME, "p-1", NOW).id, receive(PDF, NAME, "p-1", NOW).id
    File.objects.filter(id=broken_off).delete()
    written = path(UUID(broken_off)).stat().st_mtime_ns // 1000
    File.objects.update(created_at=written + AGE)

    assert sweep(written + AGE) == 0
    assert sweep(written + AGE + 60_000_000) == 1

    assert not path(UUID(broken_off)).exists()
    assert open_file(kept) is not None


def test_keys_of_unbound_files_move_under_a_new_wrapping_key():
    kept = [receive(PDF, NAME, "p-1", NOW).id for _ in range(3)]
    newest = keyring.rotate()

    assert [rewrap(limit=2), rewrap(limit=2), rewrap()] == [2, 1, 0]

    assert set(File.objects.values_list("key_id", flat=True)) == {newest}
    assert [open_file(each) for each in kept] == [(NAME, media.PDF, PDF)] * 3


def opened_case() -> tuple[UUID, DataKey]:
    stream = uuid7()
    key, (key_id, alg, wrapped) = new_data_key(stream)
    DataKeyRow.objects.create(stream=stream, key_id=key_id, alg=alg, wrapped=wrapped, created_at=1)
    return stream, key


def join(stream: UUID, ids: list[str], key: DataKey, owner: str = "p-1", is_staff: bool = False) -> None:
    with transaction.atomic():
        bind(stream, ids, key, owner=owner, is_staff=is_staff)
