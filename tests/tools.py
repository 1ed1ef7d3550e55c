"""The outside tools that tests hold our work against, and the packages they come from on Debian and its kin."""

import shutil

import pytest

from tests import softhsm

PACKAGES = {"pdfsig": "poppler-utils", "pdftotext": "poppler-utils", "openssl": "openssl", "softhsm2-util": "softhsm2"}


def missing() -> list[str]:
    """The packages that are missing here."""
    gone = {package for tool, package in PACKAGES.items() if shutil.which(tool) is None}
    return sorted(gone | (set() if softhsm.is_here() else {"softhsm2"}))


def need(tool: str) -> None:
    """Fail with what to type where this tool is missing."""
    if shutil.which(tool) is None or (tool == "softhsm2-util" and not softhsm.is_here()):
        pytest.fail(f"{tool} is missing: type apt-get install -y {PACKAGES[tool]} (as root)")
