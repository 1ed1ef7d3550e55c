"""What is asked of whoever keeps the keys of seals (`custody`), in files (`pkcs12`) or in a device (`pkcs11`).

A key is known by the code of its seal. Whoever signs gets a `Signer` of pyHanko that has no other way to the key than
through the journal.
"""

from typing import TYPE_CHECKING, Protocol

from cryptography import x509

from banjie.store.signing import places
from banjie.store.signing.certificates import Subject
from banjie.store.signing.journal import Journal, Use

if TYPE_CHECKING:
    from pyhanko.sign import Signer


class NoKey(Exception):
    """There is no key for this seal, or the device that holds it does not answer."""


class Counting(Protocol):
    """What every signer of ours has besides pyHanko's: the newest use it wrote into the journal."""

    last: Use | None


class SealKeys(Protocol):
    """The keys of the seals of this installation."""

    kind: str

    def make(self, subject: Subject) -> None:
        """A key and a certificate for this seal; nothing where it has them."""

    def has(self, code: str) -> bool:
        """Whether there is a key for the seal with this code."""

    def signer(self, code: str) -> "Signer":
        """What signs with it; kept alive for the process. NoKey."""

    def authority(self) -> x509.Certificate:
        """The certificate whom these seals' certificates go back to."""


def journal(code: str) -> Journal:
    """The journal of a seal's key."""
    return Journal(places.folder() / f"{code}.uses")
