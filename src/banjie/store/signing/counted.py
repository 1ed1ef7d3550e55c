"""A signer whose every use stands in the journal of its key."""

from asn1crypto.keys import PrivateKeyInfo
from asn1crypto.x509 import Certificate
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.sign import SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

from banjie.store.signing.journal import Journal, Use


class CountedSigner(SimpleSigner):
    """Writes into the journal what it is about to sign. `last`: the newest use."""

    def __init__(self, own: Journal, key: EllipticCurvePrivateKey, cert: x509.Certificate, issuer: x509.Certificate):
        store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        store.register(_as_asn1(issuer))
        info = PrivateKeyInfo.load(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))
        super().__init__(signing_cert=_as_asn1(cert), signing_key=info, cert_registry=store)
        self.journal = own
        self.last: Use | None = None

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """The signature; counted unless it is for measuring only."""
        if not dry_run:
            self.last = self.journal.note(data)
        return bytes(await super().async_sign_raw(data, digest_algorithm, dry_run))


def _as_asn1(cert: x509.Certificate) -> Certificate:
    return Certificate.load(cert.public_bytes(Encoding.DER))
