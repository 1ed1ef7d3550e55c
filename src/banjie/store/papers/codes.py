"""QR codes, as the vector pictures a template places."""

import io

import segno


def qr(address: str) -> str:
    """The QR code of an address as SVG text; error correction M, no border: the template leaves the quiet zone."""
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        out, kind="svg", border=0, xmldecl=False, svgclass="", lineclass=""
    )
    return out.getvalue().decode()
