"""Typesetting: a versioned template and plain data become a PDF, the same bytes on every machine and every day.

Knows no case. Templates are data (`rulebook/papers/<kind>/<version>.typ` over `library/<version>.typ`), data reach them
as JSON and never as markup, fonts come from a locked package and never from the machine, and there is no clock: the
date of a document is among its data.

    typeset(template, data)      the bytes of the PDF (PDF/A-2a and PDF/UA-1)
    missing_glyphs(text)         the characters that cannot be printed: never left out in silence
    qr(address)                  a QR code as SVG
    seal_box(template)           where on the page the seal stands: no text ever stands there

Read `typesetting`, `fonts`, `boxes`, `codes`.
"""

from banjie.store.papers.boxes import Box as Box
from banjie.store.papers.boxes import seal_box as seal_box
from banjie.store.papers.codes import qr as qr
from banjie.store.papers.fonts import fonts as fonts
from banjie.store.papers.fonts import missing_glyphs as missing_glyphs
from banjie.store.papers.typesetting import TypesettingFailed as TypesettingFailed
from banjie.store.papers.typesetting import newest as newest
from banjie.store.papers.typesetting import typeset as typeset
