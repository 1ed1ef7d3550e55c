"""What a file is, by its content alone: a name and a browser's claim prove nothing."""

import struct
import zipfile
from io import BytesIO

PDF = "application/pdf"
JPEG = "image/jpeg"
PNG = "image/png"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OFD = "application/ofd"

END_OF_DIRECTORY = b"PK\x05\x06"
MOST_ENTRIES = 5000
LARGEST_DIRECTORY = 1024 * 1024
"""Bytes. A larger list of contents is made to keep the reader busy, not to be read."""


def media_type(data: bytes) -> str | None:
    """The type of a PDF, JPEG, PNG, OFD, Word or Excel file; None for everything else, also for one with macros."""
    if data.startswith(b"%PDF-"):
        return PDF
    if data.startswith(b"\xff\xd8\xff"):
        return JPEG
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if data.startswith(b"PK\x03\x04"):
        return _of_archive(_names(data))
    return None


def _of_archive(names: set[str]) -> str | None:
    if "OFD.xml" in names:
        return OFD
    if "[Content_Types].xml" not in names or any(each.lower().endswith("vbaproject.bin") for each in names):
        return None
    if "word/document.xml" in names:
        return DOCX
    if "xl/workbook.xml" in names:
        return XLSX
    return None


def _names(data: bytes) -> set[str]:
    """The names in an archive, nothing unpacked; empty for a broken or an absurd one."""
    end = data.rfind(END_OF_DIRECTORY)
    if end < 0 or len(data) < end + 22:
        return set()
    entries, size = struct.unpack_from("<HI", data, end + 10)
    if entries > MOST_ENTRIES or size > LARGEST_DIRECTORY:
        return set()
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            return set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error, OverflowError):
        return set()
