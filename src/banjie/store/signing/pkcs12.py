"""Keys of seals as PKCS#12 files in a folder: for a demo, and for trying things out.

All files have one password, made with the folder and sealed by the keyring, so that a copy of the folder alone opens
nothing.
"""

import secrets
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PrivateFormat, pkcs12

from banjie.store.keys.keyring import keyring
from banjie.store.signing import certificates, places
from banjie.store.signing.certificates import Subject
from banjie.store.signing.seal_keys import NoKey, journal

if TYPE_CHECKING:
    from pyhanko.sign import Signer

    from banjie.store.signing.counted import CountedSigner

LABEL = "signing/pkcs12"
ROUNDS = 2048
"""Of the key derivation: the password is 256 random bits, nobody guesses it."""
AUTHORITY = "authority"


class Folder:
    """A folder of `<code>.p12` files and the installation's own authority."""

    kind = places.PKCS12

    def __init__(self, path: Path) -> None:
        self.path = path
        self._alone = Lock()
        self._open: dict[str, tuple[int, CountedSigner]] = {}
        self._password: tuple[int, bytes] | None = None

    def make(self, subject: Subject) -> None:
        """A key and a certificate for this seal; nothing where it has them."""
        if self.has(subject.code):
            return
        issuer, issuer_key = self.own_authority(subject.is_demo)
        key = certificates.new_key()
        self._write(subject.code, key, certificates.of_seal(subject, key.public_key(), issuer, issuer_key), issuer)

    def has(self, code: str) -> bool:
        """Whether there is a key for the seal with this code."""
        return (self.path / f"{code}.p12").exists()

    def signer(self, code: str) -> "Signer":
        """What signs with it; kept alive as long as its file stays as it is. NoKey."""
        from banjie.store.signing.counted import CountedSigner  # as in pades: only who signs waits for pyHanko

        try:
            changed_at = (self.path / f"{code}.p12").stat().st_mtime_ns
        except FileNotFoundError:
            raise NoKey(code) from None
        with self._alone:
            known = self._open.get(code)
            if known is None or known[0] != changed_at:
                key, cert, issuer = self._read(code)
                known = changed_at, CountedSigner(journal(code), key, cert, issuer)
                self._open[code] = known
        return known[1]

    def authority(self) -> x509.Certificate:
        """The certificate of the installation's own authority. NoKey where no seal was made yet."""
        path = self.path / f"{AUTHORITY}.pem"
        if not path.exists():
            raise NoKey(AUTHORITY)
        return x509.load_pem_x509_certificate(path.read_bytes())

    def rewrap(self) -> None:
        """The password under the newest key of the keyring, after a rotation."""
        places.rewrap(self.path / "password", LABEL)

    def own_authority(self, is_demo: bool) -> tuple[x509.Certificate, EllipticCurvePrivateKey]:
        """The installation's own authority, made at the first call: its certificate and its key."""
        if not self.has(AUTHORITY):
            places.folder()
            key = certificates.new_key()
            self._write(AUTHORITY, key, certificates.authority(key, is_demo), None)
        key, cert, _ = self._read(AUTHORITY)
        places.write_once(self.path / f"{AUTHORITY}.pem", cert.public_bytes(Encoding.PEM))
        return cert, key

    def _write(
        self, name: str, key: EllipticCurvePrivateKey, cert: x509.Certificate, issuer: x509.Certificate | None
    ) -> None:
        how = PrivateFormat.PKCS12.encryption_builder().kdf_rounds(ROUNDS).hmac_hash(SHA256())
        locked = how.build(self._secret())
        content = pkcs12.serialize_key_and_certificates(name.encode(), key, cert, [issuer] if issuer else None, locked)
        places.write_once(self.path / f"{name}.p12", content)

    def _read(self, name: str) -> tuple[EllipticCurvePrivateKey, x509.Certificate, x509.Certificate]:
        found = pkcs12.load_pkcs12((self.path / f"{name}.p12").read_bytes(), self._secret())
        if not isinstance(found.key, EllipticCurvePrivateKey) or found.cert is None:
            raise NoKey(name)
        issuer = found.additional_certs[0].certificate if found.additional_certs else found.cert.certificate
        return found.key, found.cert.certificate, issuer

    def _secret(self) -> bytes:
        path = self.path / "password"
        if not path.exists():
            places.folder()
            places.write_once(path, keyring().wrap(LABEL, secrets.token_hex(32).encode()))
        changed_at = path.stat().st_mtime_ns
        if self._password is None or self._password[0] != changed_at:
            self._password = changed_at, keyring().unwrap(LABEL, path.read_bytes())
        return self._password[1]
