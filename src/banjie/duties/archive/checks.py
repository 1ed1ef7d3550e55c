"""The four looks at a package (四性检测): is it authentic, whole, readable and safe. Each finding names its piece.

authentic (真实性): the chain of facts holds and is the log's, each file is the one a fact names, each sealed text the
one it committed itself to, each seal is sound.
complete (完整性): no fact, file, paper or proof of delivery is lacking, nothing that a person reads, no required field
of the metadata is empty.
readable (可用性): each piece is of a format that will be read in decades, and opens as what it says it is.
safe (安全性): no piece acts by itself when it is opened, and none is on the list of known harm.
"""

import base64
import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID
from xml.etree import ElementTree as ET

from banjie.duties.archive import delivered, readable
from banjie.duties.archive.contents import REQUIRED, Contents, Piece
from banjie.duties.archive.package import FORMAT, NoPackage, opened
from banjie.duties.delivery.recording import own_stream
from banjie.duties.papers import queries as papers
from banjie.store.files.media import DOCX, XLSX, media_type
from banjie.store.log import chain, read, verify
from banjie.store.signing import custody, pades

PROPERTIES = ("authentic", "complete", "readable", "safe")
ACTIVE = re.compile(rb"/(?:JavaScript|JS|Launch|AA|EmbeddedFile|RichMedia)[\s(<\[/]")
"""What makes a PDF act by itself."""
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
"""The file that every scanner knows; a scanner of one's own stands before the upload."""
SIGNED_BY_HOUSE = frozenset({"facts", "evidence", "metadata", "delivery", "data", "readme"})


@dataclass(frozen=True, slots=True)
class Finding:
    """What one look found. `what`: authentic, complete, readable, safe; `piece`: where, "" for the whole package."""

    what: str
    code: str
    piece: str = ""


def look(data: bytes, contents: Contents, formats: frozenset[str]) -> list[Finding]:
    """Everything the four looks find in a package that is about to be filed; nothing where all is well."""
    found = [Finding("complete", each.code, each.path) for each in contents.lacking]
    found += again(data, contents.stream)
    for each in contents.pieces:
        found += _readable(each, formats)
        found += _safe(each)
    return found


def again(data: bytes, stream: UUID) -> list[Finding]:
    """What a look at a filed package finds: whether it is what was filed, and still what the log says."""
    try:
        package = opened(data)
    except NoPackage as problem:
        return [Finding("authentic", "package_changed", str(problem))]
    facts, delivery = package.pieces.get("facts.jsonl", b""), package.pieces.get(delivered.FACTS)
    found = [*_chain("facts.jsonl", facts, stream), *_complete(package.pieces.get("metadata.xml"))]
    if delivery is not None:
        found += _chain(delivered.FACTS, delivery, own_stream(stream))
    found += [
        Finding("complete", "delivery_unproved", path) for path in delivered.lacking(stream, facts, package.pieces)
    ]
    if package.manifest["format"] == FORMAT:
        lacking = (each for each in readable.NEEDED_TO_READ if not package.pieces.get(each))
        found += [Finding("complete", "readable_lacking", each) for each in lacking]
        differ = readable.faults(package.pieces.get(readable.OPENINGS, b""), facts)
        found += [Finding("authentic", "text_differs", each) for each in differ]
    for path, content in package.pieces.items():
        if path.startswith("papers/"):
            found += _sealed(path, content)
    return found


def short_of(data: bytes, wanted: Iterable[tuple[str, str]], to_be_sealed: frozenset[str]) -> Iterator[Finding]:
    """What a filed package lacks still of what belongs in it (`contents.wanted`): files, papers, seals on papers."""
    pieces = {path.rpartition(".")[0]: content for path, content in opened(data).pieces.items()}
    for path, kind in wanted:
        content = pieces.get(path)
        if content is None:
            yield Finding("complete", "paper_not_made" if kind else "file_gone", path)
        elif kind in to_be_sealed and not _signatures(content):
            yield Finding("complete", "paper_not_sealed", path)


def _signatures(content: bytes) -> bool:
    """Whether a paper carries a signature at all; whether that is sound is asked by `_sealed`."""
    try:
        return bool(pades.check(content, custody.keys().authority()))
    except pades.NoPdf:
        return True


def _chain(path: str, facts: bytes, stream: UUID) -> Iterator[Finding]:
    """A chain as it lies in the package, followed link by link, beside the one in the log."""
    if any(verify.verify([stream])):
        yield Finding("authentic", "log_broken")
    recorded = {each.position: each.hash for each in read.entries(stream)}
    prev, position = chain.GENESIS, 0
    for line in facts.splitlines():
        told = json.loads(line)
        position += 1
        header = (
            *(told["stream"], told["position"], told["stream_kind"], told["kind"], told["at"], told["recorded_at"]),
            *(told["actor"], told["assertion"], told["command_id"], told["nth"], told["installation"]),
        )
        link = chain.link(told["alg"], prev, header, base64.b64decode(told["body"]))
        if told["position"] != position or link.hex() != told["hash"] or recorded.get(position) != link:
            yield Finding("authentic", "fact_differs", f"{path}:{position}")
            return
        prev = link
    if not position:
        yield Finding("complete", "facts_lacking", path)


def _complete(metadata: bytes | None) -> Iterator[Finding]:
    try:
        root = ET.fromstring(metadata or b"")
    except ET.ParseError:
        yield Finding("complete", "metadata_lacking", "metadata.xml")
        return
    for name in REQUIRED:
        if not (root.findtext(name) or "").strip():
            yield Finding("complete", "metadata_empty", f"metadata.xml:{name}")


def _sealed(path: str, content: bytes) -> Iterator[Finding]:
    """A paper that carries a seal carries a sound one, and is the very file that was sealed."""
    try:
        signatures = pades.check(content, custody.keys().authority())
    except pades.NoPdf:
        yield Finding("readable", "cannot_be_opened", path)
        return
    if signatures and not all(each.is_sound for each in signatures):
        yield Finding("authentic", "seal_not_sound", path)
    if signatures and papers.by_sealed_digest(hashlib.sha256(content).hexdigest()) is None:
        yield Finding("authentic", "not_the_sealed_file", path)


def _readable(piece: Piece, formats: frozenset[str]) -> Iterator[Finding]:
    if piece.type not in formats:
        yield Finding("readable", "format_not_for_keeping", piece.path)
    if piece.what in SIGNED_BY_HOUSE:
        return
    if media_type(piece.content) != piece.type:
        yield Finding("readable", "not_what_it_says", piece.path)
    elif piece.type == "application/pdf":
        try:
            pades.pages(piece.content)
        except Exception:  # from anybody: whatever its parser stumbles over, nobody will read it
            yield Finding("readable", "cannot_be_opened", piece.path)
    elif piece.type in (DOCX, XLSX, "application/ofd"):
        with zipfile.ZipFile(io.BytesIO(piece.content)) as archive:
            if archive.testzip() is not None:
                yield Finding("readable", "cannot_be_opened", piece.path)


def _safe(piece: Piece) -> Iterator[Finding]:
    if EICAR in piece.content:
        yield Finding("safe", "known_harm", piece.path)
    if piece.what == "material" and piece.type == "application/pdf" and ACTIVE.search(piece.content):
        yield Finding("safe", "acts_by_itself", piece.path)
