"""Certificates of seals: an authority of this installation's own, and one certificate a seal.

A demo's say 演示用章 in every name. Where an official authority (电子印章 CA) issues the certificates, they are in the
device beside the keys, and nothing here is used but the reading.
"""

import warnings
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import NameOID

from banjie.store.signing.stamp import DEMO

BEGINS = datetime(2020, 1, 1, tzinfo=UTC)
YEARS = 30
COUNTRY = "CN"
LONGEST = 64


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose seal it is: the agency, the seal's name and code (13 digits), and whether it is a demo's."""

    agency: str
    name: str
    code: str
    is_demo: bool

    @property
    def common_name(self) -> str:
        """As it stands in the certificate; at most 64 characters (RFC 5280)."""
        mark = f"（{DEMO}）" if self.is_demo else ""
        return self.name[: LONGEST - len(mark)] + mark


def new_key() -> EllipticCurvePrivateKey:
    """A key on P-256."""
    return generate_private_key(SECP256R1())


def authority(key: EllipticCurvePrivateKey, is_demo: bool) -> x509.Certificate:
    """The certificate of the installation's own authority, signed by itself."""
    name = _name("办结 Banjie", f"印章证书（{DEMO}）" if is_demo else "印章证书")
    usage = x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
    made = _builder(name, name, key.public_key()).add_extension(x509.BasicConstraints(True, 0), critical=True)
    made = made.add_extension(usage, critical=True)
    made = made.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    return made.sign(key, SHA256())


def of_seal(
    subject: Subject, public: CertificatePublicKeyTypes, issuer: x509.Certificate, key: EllipticCurvePrivateKey
) -> x509.Certificate:
    """The certificate of a seal's key, signed by the authority."""
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    name = _name(subject.agency, subject.common_name, subject.code)
    made = _builder(name, issuer.subject, public).add_extension(x509.BasicConstraints(False, None), critical=True)
    made = made.add_extension(usage, critical=True)
    made = made.add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    from_issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key())
    return made.add_extension(from_issuer, critical=False).sign(key, SHA256())


def _builder(subject: x509.Name, issuer: x509.Name, public: CertificatePublicKeyTypes) -> x509.CertificateBuilder:
    made = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(public)
    made = made.serial_number(x509.random_serial_number()).not_valid_before(BEGINS)
    return made.not_valid_after(BEGINS + timedelta(days=365 * YEARS))


def _name(organisation: str, common: str, code: str = "") -> x509.Name:
    parts = [
        x509.NameAttribute(NameOID.COUNTRY_NAME, COUNTRY),
        _attribute(NameOID.ORGANIZATION_NAME, organisation),
        _attribute(NameOID.COMMON_NAME, common),
    ]
    return x509.Name([*parts, *([x509.NameAttribute(NameOID.SERIAL_NUMBER, code)] if code else [])])


def _attribute(oid: x509.ObjectIdentifier, value: str) -> "x509.NameAttribute[str]":
    """At most 64 characters (RFC 5280, ub-common-name); the library would count the bytes of Chinese."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return x509.NameAttribute(oid, value[:LONGEST], _validate=False)
