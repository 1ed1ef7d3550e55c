"""Signatures inside PDF files: PAdES (ETSI EN 319 142-1, baseline B-B) with the drawn seal as their appearance.

pyHanko takes half a second to load: whoever neither signs nor checks does not wait for it at every start.
"""

import re
from typing import TYPE_CHECKING

from cryptography import x509

from banjie.store.papers import Box
from banjie.store.signing.found import Found as Found
from banjie.store.signing.found import NoPdf as NoPdf

if TYPE_CHECKING:
    from pyhanko.sign import Signer


def sign(
    pdf: bytes, signer: "Signer", drawing: bytes, box: Box | None = None, *, name: str = "", reason: str = ""
) -> bytes:
    """The file with a signature over all of it, seen as the drawn seal in this box. NoPdf.

    Without a box: at the lower right of the last page. Appends only: what was there stays byte for byte.
    """
    from banjie.store.signing import pdf_signatures

    return pdf_signatures.sign(pdf, signer, drawing, box, name=name, reason=reason)


def check(pdf: bytes, authority: x509.Certificate) -> list[Found]:
    """The signatures of a file, oldest first; empty where it has none. NoPdf. Asks no network."""
    from banjie.store.signing import pdf_signatures

    return pdf_signatures.check(pdf, authority)


def pages(pdf: bytes) -> int:
    """How many pages the file says it has; of a file from anybody it raises whatever its parser stumbles over."""
    from banjie.store.signing import pdf_signatures

    return pdf_signatures.pages(pdf)


def is_pdf(data: bytes) -> bool:
    """Whether it begins as a PDF file does."""
    return re.match(rb"%PDF-\d", data[:16]) is not None
