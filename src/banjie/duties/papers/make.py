"""The bytes of a paper, made again whenever somebody wants them."""

from hashlib import sha256

from banjie.duties.papers import contents
from banjie.duties.papers.models import Paper
from banjie.store import papers as typesetter


def unsealed(paper: Paper) -> bytes:
    """The PDF that is sealed: byte for byte the same at any time, while the case's data key exists.

    NotPossible("case_gone") once it was destroyed.
    """
    return typesetter.typeset(paper.template, contents.of(paper))


def draft(paper: Paper) -> bytes:
    """The same to read meanwhile: every page says that it is not sealed, and nothing of it can pass for the paper."""
    return typesetter.typeset(paper.template, {**contents.of(paper), "draft": True})


def unprintable(paper: Paper) -> str:
    """The characters in it that no font of ours draws, each once; "" where all can be printed."""
    return typesetter.missing_glyphs(contents.names_in(contents.of(paper)))


def digest(pdf: bytes) -> str:
    """How a PDF is known in the log: SHA-256, hexadecimal."""
    return sha256(pdf).hexdigest()
