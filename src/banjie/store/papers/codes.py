"""QR codes, as the vector pictures a template places."""

import io
from functools import lru_cache

import segno


@lru_cache(maxsize=256)  # a paper is typeset twice: to be read, and to be sealed
def qr(address: str) -> str:
    """The QR code of an address as SVG text; error correction M, no border: the template leaves the quiet zone."""
    out = io.BytesIO()
    # One mask for all: trying all eight costs four times as much, and every reader reads each of them.
    made = segno.make(address, error="m", micro=False, mask=3, boost_error=False)
    made.save(out, kind="svg", border=0, xmldecl=False, svgclass="", lineclass="")
    return out.getvalue().decode()
