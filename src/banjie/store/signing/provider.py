"""Signatures on records (电子证照 metadata): SM2 with SM3, as OpenSSL 3 makes and checks them.

`provider()` holds the installation's own key, made at the first use and sealed by the keyring in the folder of the
seals' keys. A machine for cryptography (密码机) takes its place by answering to the same `CryptoProvider`.
"""

from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Protocol

from asn1crypto import core, pem
from cryptography.hazmat.primitives.hashes import SM3, Hash
from gmalg.base import Hash as GmHash
from gmalg.errors import GMError
from gmalg.sm2 import PC_MODE, SM2Core, _ecdlp, bytes_to_point, point_to_bytes

from banjie.store.keys.keyring import keyring
from banjie.store.signing import places

USER = b"1234567812345678"
"""The default distinguishing identifier (GB/T 35276): what `openssl pkeyutl -pkeyopt distid:` says."""
EC_KEY, SM2_CURVE = "1.2.840.10045.2.1", "1.2.156.10197.1.301"
LABEL = "signing/sm2"
SCALAR = 32


class CryptoProvider(Protocol):
    """Signs and verifies bytes with the installation's key."""

    @property
    def algorithm(self) -> str:
        """The name of what it makes: SM2-SM3."""

    @property
    def public_pem(self) -> str:
        """The public key, as anybody's tool reads it (SubjectPublicKeyInfo, PEM)."""

    def sign(self, data: bytes) -> bytes:
        """The signature, in DER."""

    def verify(self, data: bytes, signature: bytes, public_pem: str = "") -> bool:
        """Whether this key, or the one given, has signed exactly this. False for anything that is no signature."""


class _SM3(GmHash):  # type: ignore[misc]
    """SM3 from OpenSSL in the place of gmalg's own, which takes five milliseconds for a kilobyte."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self._hash = Hash(SM3())

    @classmethod
    def max_msg_length(cls) -> int:
        return (1 << 61) - 1

    @classmethod
    def hash_length(cls) -> int:
        return 32

    def update(self, data: bytes) -> None:
        self._hash.update(bytes(data))

    def value(self) -> bytes:
        return self._hash.copy().finalize()


class _Signature(core.Sequence):  # type: ignore[misc]
    _fields = [("r", core.Integer), ("s", core.Integer)]


class _Algorithm(core.Sequence):  # type: ignore[misc]
    _fields = [("algorithm", core.ObjectIdentifier), ("curve", core.ObjectIdentifier)]


class _Public(core.Sequence):  # type: ignore[misc]
    _fields = [("algorithm", _Algorithm), ("key", core.OctetBitString)]


class _Secret(core.Sequence):  # type: ignore[misc]
    _fields = [("version", core.Integer), ("key", core.OctetString)]


class _Wrapped(core.Sequence):  # type: ignore[misc]
    _fields = [("version", core.Integer), ("algorithm", _Algorithm), ("key", core.ParsableOctetString)]


class Sm2:
    """SM2 in plain Python: some sixty signatures a second, on every machine."""

    algorithm = "SM2-SM3"

    def __init__(self, secret: bytes) -> None:
        self._core = SM2Core(_ecdlp, _SM3())
        self._alone = Lock()  # the hash is one for all threads
        self._secret = int.from_bytes(secret, "big")
        self._public = self._core.generate_pk(self._secret)

    @property
    def public_pem(self) -> str:
        """The public key as `openssl pkey -pubin` reads it."""
        found = _Public({"algorithm": _algorithm(), "key": bytes(point_to_bytes(self._public, PC_MODE.RAW))})
        return str(pem.armor("PUBLIC KEY", found.dump()).decode())

    def private_pem(self) -> str:
        """The secret key as `openssl pkey` reads it (PKCS#8). For carrying it to a machine for cryptography."""
        secret = _Secret({"version": 1, "key": self._secret.to_bytes(SCALAR, "big")})
        found = _Wrapped({"version": 0, "algorithm": _algorithm(), "key": secret.dump()})
        return str(pem.armor("PRIVATE KEY", found.dump()).decode())

    def sign(self, data: bytes) -> bytes:
        """The signature, in DER."""
        with self._alone:
            r, s = self._core.sign(data, self._secret, USER, self._public)
        return bytes(_Signature({"r": r, "s": s}).dump())

    def verify(self, data: bytes, signature: bytes, public_pem: str = "") -> bool:
        """Whether this key, or the one given, has signed exactly this."""
        try:
            found = _Signature.load(signature, strict=True)
            r, s = found["r"].native, found["s"].native
            public = _point(public_pem) if public_pem else self._public
            if not self._core.ecdlp.ec.isvalid(public):
                return False
            with self._alone:
                return bool(self._core.verify(data, r, s, USER, public))
        except (ValueError, TypeError, KeyError, GMError):
            return False


def provider() -> CryptoProvider:
    """The installation's own; its key is made at the first call."""
    path = places.folder() / "sm2.key"
    if not path.exists():
        secret, _ = SM2Core(_ecdlp, _SM3()).generate_keypair()
        places.write_once(path, keyring().wrap(LABEL, secret.to_bytes(SCALAR, "big")))
    return _opened(path, path.stat().st_mtime_ns)


def rewrap() -> None:
    """The key under the newest key of the keyring, after a rotation."""
    places.rewrap(places.folder() / "sm2.key", LABEL)


@lru_cache(maxsize=4)
def _opened(path: Path, changed_at: int) -> Sm2:
    return Sm2(keyring().unwrap(LABEL, path.read_bytes()))


def _algorithm() -> _Algorithm:
    return _Algorithm({"algorithm": EC_KEY, "curve": SM2_CURVE})


def _point(public_pem: str) -> tuple[int, int]:
    _, _, der = pem.unarmor(public_pem.encode())
    found = _Public.load(der, strict=True)
    if found["algorithm"]["curve"].native != SM2_CURVE:
        raise ValueError("not a key of SM2")
    point: tuple[int, int] = bytes_to_point(found["key"].native)
    return point
