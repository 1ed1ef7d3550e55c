"""Signing: PAdES that outside tools accept, keys in files and in a device, journals, and SM2 as OpenSSL has it."""

import contextlib
import os
import re
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest
import typst
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

import banjie
from banjie.store.keys.keyring import SealBroken, keyring, rotate
from banjie.store.signing import custody, pades, places, provider, seal_keys, stamp
from banjie.store.signing.certificates import Subject
from banjie.store.signing.journal import LINE, Journal, JournalBroken
from banjie.store.signing.pkcs12 import Folder
from banjie.store.signing.seal_keys import NoKey
from tests import softhsm, tools

SUBJECT = Subject("云岭县行政审批局", "云岭县行政审批局行政审批专用章", "9999210000101", is_demo=True)


@pytest.fixture
def seals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keys of seals in a folder, and a keyring, of this test alone."""
    folder = tmp_path / "seals"
    monkeypatch.setattr(settings, "KEY_FILE", tmp_path / "keys.json")
    monkeypatch.setattr(settings, "SEAL_KEYS", f"pkcs12:{folder}")
    return folder


@pytest.fixture
def device(seals: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The same in a device."""
    tools.need("softhsm2-util")
    token = softhsm.token("seals")
    pin = seals.parent / "pin"
    pin.write_text(token.pin + "\n")
    said = f"pkcs11:{token.module};token={token.label};pin-file={pin};folder={seals}"
    monkeypatch.setattr(settings, "SEAL_KEYS", said)
    return said


def page() -> bytes:
    """Some document of two pages."""
    made = typst.compile(b'#set page(paper: "a4")\nOne\n#pagebreak()\nTwo', format="pdf", pdf_standards="a-2b")
    assert isinstance(made, bytes)
    return made


def signed(pdf: bytes) -> bytes:
    """It with the drawn seal on it."""
    custody.keys().make(SUBJECT)
    drawing = stamp.drawn(SUBJECT.agency, "行政审批专用章", SUBJECT.code, stamp.DEMO)
    return pades.sign(pdf, custody.keys().signer(SUBJECT.code), drawing, name=SUBJECT.name, reason="决定书")


def outside(content: bytes, folder: Path) -> str:
    """What pdfsig says of a file."""
    tools.need("pdfsig")
    path = folder / "signed.pdf"
    path.write_bytes(content)
    return subprocess.run(["pdfsig", path], capture_output=True, text=True, check=False).stdout


@pytest.mark.parametrize("where", ["seals", "device"])
def test_a_signature_is_sound_to_us_and_to_an_outside_tool_and_no_byte_may_change(
    where: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    request.getfixturevalue(where)
    pdf = page()

    made = signed(pdf)
    second = signed(pdf)

    (found,) = pades.check(made, custody.keys().authority())
    assert (found.code, found.is_sound) == (SUBJECT.code, True)
    assert found.subject == "云岭县行政审批局行政审批专用章（演示用章）"
    assert made.startswith(pdf), "what was there stays byte for byte"
    told = outside(made, tmp_path)
    assert "Signature is Valid" in told
    assert "Total document signed" in told
    assert "ETSI.CAdES.detached" in told
    assert [each.number for each in seal_keys.journal(SUBJECT.code).uses()] == [1, 2]
    assert pades.check(second, custody.keys().authority())[0].is_sound
    for at in (len(pdf) // 3, len(pdf) + 40, len(made) - 30):
        changed = bytearray(made)
        changed[at] ^= 1
        with contextlib.suppress(pades.NoPdf):
            assert not any(each.is_sound for each in pades.check(bytes(changed), custody.keys().authority()))
    changed = bytearray(made)
    changed[len(pdf) // 3] ^= 1
    assert "Signature is Valid" not in outside(bytes(changed), tmp_path)
    assert not pades.check(made + b"\n%more\n", custody.keys().authority())[0].is_sound


def test_a_signature_of_a_stranger_is_not_trusted_and_what_is_no_pdf_is_named(seals: Path, tmp_path: Path) -> None:
    made = signed(page())
    stranger = Folder(tmp_path / "elsewhere")
    stranger.path.mkdir()
    stranger.make(SUBJECT)

    (found,) = pades.check(made, stranger.authority())

    assert (found.is_intact, found.is_trusted, found.is_sound) == (True, False, False)
    assert pades.check(page(), stranger.authority()) == []
    for junk in (b"", b"%PDF-1.7\nnothing", b"\x00" * 100):
        with pytest.raises(pades.NoPdf):
            pades.check(junk, stranger.authority())
        with pytest.raises(pades.NoPdf):
            pades.sign(junk, custody.keys().signer(SUBJECT.code), stamp.drawn("甲", "乙", "1"))


def test_the_files_of_keys_open_only_for_their_owner_and_with_the_keyring(seals: Path) -> None:
    custody.keys().make(SUBJECT)
    files = {each.name: each for each in seals.iterdir()}

    assert set(files) == {"authority.p12", "authority.pem", "password", f"{SUBJECT.code}.p12"}
    assert {stat.S_IMODE(each.stat().st_mode) for each in files.values()} == {0o600}
    before = files["password"].read_bytes()
    rotate()
    folder = Folder(seals)
    folder.rewrap()
    assert files["password"].read_bytes()[:8] == bytes.fromhex(keyring().newest) != before[:8]
    assert folder.signer(SUBJECT.code).signing_cert is not None
    made = files[f"{SUBJECT.code}.p12"].read_bytes()
    folder.make(SUBJECT)
    assert files[f"{SUBJECT.code}.p12"].read_bytes() == made, "a key is made once"
    Path(settings.KEY_FILE).unlink()
    with pytest.raises(SealBroken):
        Folder(seals).signer(SUBJECT.code)
    with pytest.raises(NoKey):
        Folder(seals).signer("0000000000000")


def test_a_long_name_is_counted_in_characters_and_keeps_the_mark_of_a_demo(seals: Path) -> None:
    agency = "某某自治州某某自治县人力资源和社会保障及退役军人事务局"
    subject = Subject(agency, agency + "行政许可专用章" * 6, "9999210000302", is_demo=True)

    custody.keys().make(subject)

    cert = custody.keys().signer(subject.code).signing_cert
    assert cert is not None
    named = cert.subject.native
    assert named["organization_name"] == agency
    assert (len(named["common_name"]), named["common_name"][-6:]) == (64, "（演示用章）")


def test_a_device_that_is_away_says_so_and_counts_nothing(seals: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "SEAL_KEYS", f"pkcs11:/nowhere.so;token=none;pin-file={seals.parent};folder={seals}")
    with pytest.raises(NoKey):
        custody.keys().signer(SUBJECT.code)
    assert seal_keys.journal(SUBJECT.code).count() == 0


def test_the_pin_of_a_device_comes_from_a_file_or_the_environment(device: str, monkeypatch: pytest.MonkeyPatch) -> None:
    without = ";".join(part for part in device.split(";") if not part.startswith("pin-file"))
    monkeypatch.setattr(settings, "SEAL_KEYS", without)
    monkeypatch.delenv("BANJIE_SEAL_PIN", raising=False)
    with pytest.raises(ImproperlyConfigured, match="BANJIE_SEAL_PIN"):
        custody.keys().has(SUBJECT.code)

    monkeypatch.setenv("BANJIE_SEAL_PIN", softhsm.PIN)
    assert custody.keys().has("0000000000000") is False


@pytest.mark.parametrize("said", ["", "pkcs12:", "pkcs11:/m.so", "pkcs11:/m.so;token=a;colour=red", "vault:x"])
def test_a_setting_that_cannot_be_understood_is_named(said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "SEAL_KEYS", said)
    with pytest.raises(ImproperlyConfigured, match="BANJIE_SEAL_KEYS"):
        places.place()


def test_a_journal_counts_every_signature_and_misses_no_line(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "one.uses")
    assert (journal.count(), journal.uses()) == (0, [])
    for number in range(1, 4):
        assert journal.note(b"%d" % number).number == number
    assert journal.count() == 3
    assert [each.number for each in journal.uses(after=1)] == [2, 3]
    text = journal.path.read_text()

    for changed in (text[:LINE] + text[2 * LINE :], text.replace("2 ", "3 ", 1), text.replace(text[20:30], "0" * 10)):
        journal.path.write_text(changed)
        with pytest.raises(JournalBroken):
            journal.uses()
    journal.path.write_text(text[:-5])
    with pytest.raises(JournalBroken):
        journal.count()
    with pytest.raises(JournalBroken):
        journal.note(b"more")


def test_the_drawn_seal_is_vector_and_holds_every_character(tmp_path: Path) -> None:
    tools.need("pdftotext")
    for agency in ("云岭县民政局", "云岭县住房和城乡建设局", "云岭县人力资源和社会保障局（分局）"):
        drawing = stamp.drawn(agency, "行政许可专用章", "9999210000302", stamp.DEMO)
        path = tmp_path / "seal.pdf"
        path.write_bytes(drawing)
        told = subprocess.run(["pdftotext", path, "-"], capture_output=True, text=True, check=True).stdout
        assert set(agency + "行政许可专用章演示" + "9999210000302") <= set(told)
        assert b"/Subtype/Image" not in drawing.replace(b" ", b"")


def test_sm2_agrees_with_openssl_in_both_directions(seals: Path, tmp_path: Path) -> None:
    tools.need("openssl")
    own, data = provider.provider(), "电子证照元数据".encode() * 40
    assert isinstance(own, provider.Sm2)
    signature = own.sign(data)
    at: dict[str, Path] = {name: tmp_path / name for name in ("public", "private", "data", "own", "theirs")}
    at["public"].write_text(own.public_pem)
    at["private"].write_text(own.private_pem())
    at["data"].write_bytes(data)
    at["own"].write_bytes(signature)
    how = ["-rawin", "-digest", "sm3", "-pkeyopt", "distid:1234567812345678", "-in", at["data"]]

    def openssl(*more: Any) -> int:
        return subprocess.run(["openssl", "pkeyutl", *more, *how], capture_output=True, check=False).returncode

    assert openssl("-verify", "-pubin", "-inkey", at["public"], "-sigfile", at["own"]) == 0
    assert openssl("-sign", "-inkey", at["private"], "-out", at["theirs"]) == 0
    assert own.verify(data, at["theirs"].read_bytes())
    assert own.verify(data, signature, own.public_pem)
    assert not own.verify(data + b"x", signature)
    changed = bytearray(signature)
    changed[-1] ^= 1
    assert not own.verify(data, bytes(changed))
    assert not own.verify(data, b"junk")
    assert not own.verify(data, signature, "junk")
    at["own"].write_bytes(bytes(changed))
    assert openssl("-verify", "-pubin", "-inkey", at["public"], "-sigfile", at["own"]) != 0


def test_the_sm2_key_is_made_once_and_lies_under_the_keyring(seals: Path) -> None:
    first = provider.provider().public_pem
    provider._opened.cache_clear()

    assert provider.provider().public_pem == first
    assert stat.S_IMODE(os.stat(seals / "sm2.key").st_mode) == 0o600
    rotate()
    provider.rewrap()
    assert (seals / "sm2.key").read_bytes()[:8].hex() == keyring().newest
    provider._opened.cache_clear()
    assert provider.provider().public_pem == first


def test_what_makes_signatures_is_loaded_only_where_one_is_made_or_checked() -> None:
    package, heavy = Path(banjie.__file__).parent, ("pdf_signatures", "counted", "pkcs11")
    ours = rf"banjie\.store\.signing\b.*\b(?:{'|'.join(heavy)})\b"
    at_the_top = re.compile(rf"^(?:from|import) (?:pyhanko|{ours})", re.MULTILINE)

    found = {each.stem for each in package.rglob("*.py") if at_the_top.search(each.read_text(encoding="utf-8"))}

    assert found == set(heavy)
