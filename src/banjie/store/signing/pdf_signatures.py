"""How pyHanko makes and checks signatures inside PDF files, for `pades`, which alone loads this."""

import asyncio
import io
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from asn1crypto.x509 import Certificate
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.content import PdfContent
from pyhanko.pdf_utils.generic import DictionaryObject, pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import BoxConstraints
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import PdfSignatureMetadata, PdfSigner, Signer
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator import ValidationContext

from banjie.store.papers import Box
from banjie.store.signing.found import Found, NoPdf
from banjie.store.signing.stamp import POINTS

FIELD = "seal"
_room: "WeakKeyDictionary[Signer, int]" = WeakKeyDictionary()
"""How many digits each signer's signature was given at its first, half as many again as it needed."""
T = TypeVar("T")


class _Drawn(PdfContent):
    """The drawn seal as the content of an appearance: vector, as it was typeset, and ink over what stands below it."""

    def __init__(self, drawing: bytes) -> None:
        self.drawing = drawing
        super().__init__()

    def render(self) -> bytes:
        """The operators that paint it."""
        picture = self._ensure_writer.import_page_as_xobject(PdfFileReader(io.BytesIO(self.drawing)))
        name = f"/Seal{uuid.uuid4().hex}"
        self.resources.xobject[name] = picture
        left, bottom, right, top = picture.get_object()["/BBox"]
        self.box = BoxConstraints(width=abs(right - left), height=abs(top - bottom))
        ink = DictionaryObject({pdf_name("/BM"): pdf_name("/Multiply")})  # type: ignore[no-untyped-call]
        self.resources.ext_g_state[pdf_name("/Ink")] = ink
        return f"/Ink gs {name} Do".encode()


def sign(
    pdf: bytes, signer: Signer, drawing: bytes, box: Box | None = None, *, name: str = "", reason: str = ""
) -> bytes:
    """As `pades.sign`."""
    try:
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf), strict=False)
        pages = int(writer.root["/Pages"]["/Count"])
        where = box or _lower_right(writer, pages - 1)
        page = where.page if where.page >= 0 else pages - 1
        taken = len(writer.prev.embedded_signatures)
        field = SigFieldSpec(
            f"{FIELD}-{taken + 1}",
            on_page=page,
            box=(round(where.x), round(where.y), round(where.x + where.size), round(where.y + where.size)),
        )
        told = PdfSignatureMetadata(
            field_name=field.sig_field_name,
            md_algorithm="sha256",
            subfilter=SigSeedSubFilter.PADES,
            name=name or None,
            reason=reason or None,
            certify=not taken,
            docmdp_permissions=MDPPerm.NO_CHANGES,
        )
        look = StaticStampStyle(background=_Drawn(drawing), border_width=0, background_opacity=1.0)
        hand = PdfSigner(told, signer=signer, stamp_style=look, new_field_spec=field)
        # How much room a signature takes depends on its key alone; pyHanko would sign for trial each time to find out.
        made = bytes(_alone(lambda: hand.sign_pdf(writer, bytes_reserved=_room.get(signer))).getvalue())
    except (PdfError, SigningError, ValueError, KeyError, IndexError) as problem:
        raise NoPdf(str(problem)) from problem
    if signer not in _room:
        _, start, end, _ = PdfFileReader(io.BytesIO(made), strict=False).embedded_signatures[-1].byte_range
        _room[signer] = end - start - len("<>")
    return made


def check(pdf: bytes, authority: x509.Certificate) -> list[Found]:
    """As `pades.check`."""
    try:
        reader = PdfFileReader(io.BytesIO(pdf), strict=False)
        return [_found(each, authority) for each in reader.embedded_signatures]
    except NoPdf:
        raise
    except Exception as problem:  # a file from anybody: whatever its parser stumbles over, it is no file of ours
        raise NoPdf(type(problem).__name__) from problem


def _found(embedded: Any, authority: x509.Certificate) -> Found:
    root = Certificate.load(authority.public_bytes(Encoding.DER))
    # The authority vouches for the time of signing, not for today: certificates are looked at as of then.
    context = ValidationContext(trust_roots=[root], allow_fetching=False, moment=None)
    cert = embedded.signer_cert
    subject = cert.subject.native if cert is not None else {}
    try:
        status = _alone(lambda: validate_pdf_signature(embedded, signer_validation_context=context))
    except (SignatureValidationError, PdfError, ValueError):
        return Found(_text(subject, "common_name"), _text(subject, "serial_number"), None, False, False, False)
    covers = status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    return Found(
        _text(subject, "common_name"),
        _text(subject, "serial_number"),
        status.signer_reported_dt,
        bool(status.intact and status.valid),
        covers,
        bool(status.trusted),
    )


def _alone(act: Callable[[], T]) -> T:
    """Carry it out where no event loop runs: pyHanko starts one of its own, and a thread has one at most."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return act()
    with ThreadPoolExecutor(1) as other:
        return other.submit(act).result()


def _text(subject: dict[str, Any], name: str) -> str:
    value = subject.get(name, "")
    return value if isinstance(value, str) else ""


def _lower_right(writer: IncrementalPdfFileWriter, page: int) -> Box:
    found = writer.prev.root["/Pages"]
    while True:  # the box of the last page, or the nearest above it that says one
        if "/MediaBox" in found:
            size = found["/MediaBox"]
        if found["/Type"] == "/Page":
            break
        found = found["/Kids"][-1]
    _, _, width, _ = (float(each) for each in size)
    return Box(page, width - POINTS - 62.0, 96.0, POINTS)


def pages(pdf: bytes) -> int:
    """As `pades.pages`."""
    return int(PdfFileReader(io.BytesIO(pdf), strict=False).root["/Pages"]["/Count"])
