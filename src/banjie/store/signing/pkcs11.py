"""Keys of seals in a device (密码机, 智能密码钥匙) behind its PKCS#11 driver: they never leave it.

Key and certificate carry the code of the seal as their label. Where an authority has issued the certificates, the
operator has put them there; for a seal that has none, `make` has the device make a key and this installation's own
authority certify it. The journal counts what goes through this program; what the device counted itself, the operator
tells `banjie seals reconcile --device`.
"""

import os
from pathlib import Path
from threading import Lock
from typing import Any

import pkcs11
from asn1crypto.x509 import Certificate
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, load_der_public_key
from django.core.exceptions import ImproperlyConfigured
from pkcs11 import Attribute, KeyType, Mechanism, ObjectClass
from pkcs11.util.ec import encode_ec_public_key, encode_named_curve_parameters
from pyhanko.sign import Signer
from pyhanko.sign.pkcs11 import PKCS11Signer

from banjie.store.signing import certificates, places
from banjie.store.signing.certificates import Subject
from banjie.store.signing.journal import Journal, Use
from banjie.store.signing.pkcs12 import Folder
from banjie.store.signing.seal_keys import NoKey, journal

PIN = "BANJIE_SEAL_PIN"
AUTHORITY = "authority"


class CountedDeviceSigner(PKCS11Signer):
    """Writes into the journal what the device is about to sign. `last`: the newest use."""

    def __init__(
        self, session: Any, own: Journal, code: str, cert: Certificate, chain: tuple[Certificate, ...]
    ) -> None:
        super().__init__(session, signing_cert=cert, key_label=code, ca_chain=chain, use_raw_mechanism=True)
        self.journal = own
        self.last: Use | None = None

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """The signature; counted unless it is for measuring only."""
        if not dry_run:
            await self.ensure_objects_loaded()  # type: ignore[no-untyped-call]  # a device that does not answer has signed nothing
            self.last = self.journal.note(data)
        return bytes(await super().async_sign_raw(data, digest_algorithm, dry_run))


class Device:
    """A token of a device. Opened at the first use and kept open; one process, one session."""

    kind = places.PKCS11

    def __init__(self, place: places.Place) -> None:
        self.place = place
        self._alone = Lock()
        self._session: tuple[int, Any] | None = None
        self._signers: dict[str, CountedDeviceSigner] = {}

    def make(self, subject: Subject) -> None:
        """A key the device makes, and a certificate by this installation's authority; nothing where it has them."""
        with self._alone:
            session = self._opened()
            if self._certificate(session, subject.code) is not None:
                return
            public = self._made(session, subject.code)
            issuer, key = self._authority(session, subject.is_demo)
            self._keep(session, subject.code, certificates.of_seal(subject, public, issuer, key))

    def has(self, code: str) -> bool:
        """Whether there is a key for the seal with this code. NoKey where the device does not answer."""
        with self._alone:
            return self._certificate(self._opened(), code) is not None

    def signer(self, code: str) -> Signer:
        """What signs with it; kept alive. NoKey."""
        with self._alone:
            session = self._opened()
            if code not in self._signers:
                cert = self._certificate(session, code)
                if cert is None:
                    raise NoKey(code)
                own = self._certificate(session, AUTHORITY)
                self._signers[code] = CountedDeviceSigner(session, journal(code), code, cert, (own,) if own else ())
            return self._signers[code]

    def authority(self) -> x509.Certificate:
        """The certificate labelled `authority` in the device. NoKey."""
        with self._alone:
            found = self._certificate(self._opened(), AUTHORITY)
        if found is None:
            raise NoKey(AUTHORITY)
        return x509.load_der_x509_certificate(found.dump())

    def close(self) -> None:
        """Leave the device."""
        with self._alone:
            if self._session is not None and self._session[0] == os.getpid():
                self._session[1].close()
            self._session, self._signers = None, {}

    def _opened(self) -> Any:
        if self._session is None or self._session[0] != os.getpid():
            try:
                library = pkcs11.lib(self.place.module)
                token = library.get_token(token_label=self.place.options["token"])
                try:
                    session = token.open(rw=True, user_pin=self._pin())
                except pkcs11.UserAlreadyLoggedIn:  # somebody else in this process has opened the same token
                    session = token.open(rw=True)
                self._session, self._signers = (os.getpid(), session), {}
            except (pkcs11.PKCS11Error, RuntimeError, OSError) as problem:
                raise NoKey(f"the device does not answer ({type(problem).__name__})") from problem
        return self._session[1]

    def _pin(self) -> str:
        path = self.place.options.get("pin-file")
        if path:
            return Path(path).read_text().strip()
        if PIN in os.environ:
            return os.environ[PIN]
        raise ImproperlyConfigured(
            f"The device of the seals asks for a PIN: set {PIN}, or pin-file in BANJIE_SEAL_KEYS"
        )

    def _made(self, session: Any, code: str) -> Any:
        parameters = encode_named_curve_parameters("1.2.840.10045.3.1.7")
        pair = session.create_domain_parameters(KeyType.EC, {Attribute.EC_PARAMS: parameters}, local=True)
        public, _ = pair.generate_keypair(mechanism=Mechanism.EC_KEY_PAIR_GEN, store=True, label=code)
        return load_der_public_key(encode_ec_public_key(public))

    def _authority(self, session: Any, is_demo: bool) -> tuple[x509.Certificate, EllipticCurvePrivateKey]:
        issuer, key = Folder(self.place.folder).own_authority(is_demo)
        if self._certificate(session, AUTHORITY) is None:
            self._keep(session, AUTHORITY, issuer)
        return issuer, key

    def _keep(self, session: Any, label: str, cert: x509.Certificate) -> None:
        der = cert.public_bytes(Encoding.DER)
        session.create_object(
            {
                Attribute.CLASS: ObjectClass.CERTIFICATE,
                Attribute.CERTIFICATE_TYPE: pkcs11.CertificateType.X_509,
                Attribute.TOKEN: True,
                Attribute.LABEL: label,
                Attribute.SUBJECT: cert.subject.public_bytes(),
                Attribute.VALUE: der,
            }
        )

    def _certificate(self, session: Any, label: str) -> Certificate | None:
        wanted = {Attribute.CLASS: ObjectClass.CERTIFICATE, Attribute.LABEL: label}
        for each in session.get_objects(wanted):
            return Certificate.load(each[Attribute.VALUE])
        return None
