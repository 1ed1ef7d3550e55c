"""Reads of papers: of a case, one by its id or its number, the sealed bytes."""

from uuid import UUID

from banjie.cases.scope import Scope
from banjie.duties.papers.models import Paper
from banjie.store.files.read import open_file


def of_case(stream: UUID) -> list[Paper]:
    """The papers about a stream, by the facts they tell of; the caller has made sure that they may be seen."""
    return list(Paper.objects.kept().filter(about=stream).order_by("position", "at", "kind"))


def of_fact(stream: UUID, position: int, kind: str) -> Paper | None:
    """The paper that told of this fact; None before it is made out."""
    return Paper.objects.kept().filter(about=stream, position=position, kind=kind).first()


def find(stream: UUID) -> Paper | None:
    """A paper by its id, as its QR code names it. What is shown of it to a stranger names nobody."""
    return Paper.objects.kept().filter(stream=stream).first()


def by_number(number: str) -> Paper | None:
    """A paper by its number. Numbers are counted, so anybody can guess one: what is shown for it names nobody."""
    return Paper.objects.kept().filter(number=number).first()


def by_sealed_digest(digest: str) -> Paper | None:
    """The paper whose sealed PDF has this SHA-256; None for a changed byte as for a stranger's file."""
    return Paper.objects.kept().filter(sealed_digest=digest).first() if digest else None


def within(scope: Scope, stream: UUID) -> Paper | None:
    """A paper by its id, for somebody who sees what it is about."""
    return Paper.objects.within(scope).filter(stream=stream).first()


def sealed_bytes(paper: Paper) -> bytes | None:
    """The sealed PDF; None where it is not sealed, or the key it lies under was destroyed."""
    if not paper.file:
        return None
    found = open_file(paper.file)
    return found.content if found else None
