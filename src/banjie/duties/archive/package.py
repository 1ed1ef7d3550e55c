"""The bytes of a package: a ZIP anybody can open, with a signed manifest of every piece in it.

`manifest.json` names each piece with its size, SHA-256 and SM3; `manifest.sig` is the installation's signature over it
(SM2 with SM3, DER in hexadecimal), `manifest.pem` the key. The same contents give the same bytes but for the signature.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from banjie.duties.archive.contents import Contents, Filed
from banjie.engine.codec import canonical
from banjie.store.signing.provider import provider

FORMAT = "banjie-archive/2"
"""What lies in it. In 1 nothing told in words what was applied for: only `facts.jsonl`, and the papers."""
MANIFEST, SIGNATURE, KEY = "manifest.json", "manifest.sig", "manifest.pem"
EARLIEST = (1980, 1, 1, 0, 0, 0)
"""The date of every entry: what a piece is dated stands in the facts, not in the ZIP."""
LARGEST = 4 * 1024**3
"""Bytes unpacked that a package may have when it is read: more is no package of ours."""


class NoPackage(Exception):
    """These bytes are no package, or one that was changed; says where."""


@dataclass(frozen=True, slots=True)
class Package:
    """A package as it was read: every piece is what its manifest says, and the manifest is signed."""

    manifest: Mapping[str, Any]
    pieces: Mapping[str, bytes]


def made(contents: Contents, filed: Filed) -> bytes:
    """The package."""
    manifest = canonical(
        {
            "format": FORMAT,
            "number": filed.number,
            "version": filed.version,
            "case": contents.stream.hex,
            "facts": contents.facts,
            "head": contents.head,
            "files": [
                {
                    "path": each.path,
                    "what": each.what,
                    "type": each.type,
                    "size": len(each.content),
                    "sha256": hashlib.sha256(each.content).hexdigest(),
                    "sm3": sm3(each.content),
                }
                for each in contents.pieces
            ],
        }
    )
    signer = provider()
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for each in contents.pieces:
            _add(archive, each.path, each.content)
        _add(archive, MANIFEST, manifest)
        _add(archive, SIGNATURE, signer.sign(manifest).hex().encode())
        _add(archive, KEY, signer.public_pem.encode())
    return whole.getvalue()


def opened(data: bytes, public_pem: str = "") -> Package:
    """The package again. NoPackage where a piece is missing, put in, or not what the manifest says, or where this
    installation's key (or the one given) has not signed that manifest."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(each.file_size for each in archive.infolist()) > LARGEST:
                raise NoPackage("too large")
            pieces = {name: archive.read(name) for name in archive.namelist()}
        manifest = pieces.pop(MANIFEST)
        signature = bytes.fromhex(pieces.pop(SIGNATURE).decode())
        pieces.pop(KEY)
        told = json.loads(manifest)
        named = {each["path"]: each for each in told["files"]}
    except (
        zipfile.BadZipFile,
        KeyError,
        ValueError,
        TypeError,
        NotImplementedError,
        RuntimeError,
        EOFError,
    ) as problem:
        raise NoPackage(type(problem).__name__) from problem
    if not provider().verify(manifest, signature, public_pem):
        raise NoPackage(MANIFEST)
    for path in sorted(named.keys() | pieces.keys()):
        content, said = pieces.get(path), named.get(path)
        if content is None or said is None or hashlib.sha256(content).hexdigest() != said["sha256"]:
            raise NoPackage(path)
        if sm3(content) != said["sm3"] or len(content) != said["size"]:
            raise NoPackage(path)
    return Package(told, pieces)


def sm3(content: bytes) -> str:
    """SM3 (GB/T 32905), hexadecimal."""
    return hashlib.new("sm3", content).hexdigest()


def _add(archive: zipfile.ZipFile, path: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(path, EARLIEST)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    archive.writestr(entry, content)
