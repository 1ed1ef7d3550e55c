"""What lies in the package of a case: its facts, what was handed in, its papers, and what is said about all of it."""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID
from xml.etree import ElementTree as ET

from banjie import words
from banjie.cases import queries as cases
from banjie.cases.queries import CaseView
from banjie.duties.archive import delivered
from banjie.duties.archive.readable import Headed, Readable
from banjie.duties.fees.queries import receipted
from banjie.duties.papers import make
from banjie.duties.papers import queries as papers
from banjie.duties.papers.models import Paper
from banjie.engine import events as e
from banjie.engine.not_possible import NotPossible
from banjie.records.catalogue.naming import value_in_words
from banjie.records.organisation.models import Agency
from banjie.store.evidence.checkpoints import newest
from banjie.store.files.media import media_type
from banjie.store.files.read import open_file
from banjie.store.files.refused import Refused
from banjie.store.keys.keyring import SealBroken
from banjie.store.log import read
from banjie.store.log.read import LogEntry

ENDINGS = {
    "application/pdf": "pdf",
    "application/ofd": "ofd",
    "image/jpeg": "jpg",
    "image/png": "png",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
}


@dataclass(frozen=True, slots=True)
class Piece:
    """One file of a package. `type`: its media type. `what`: facts, material, paper, delivery, metadata, evidence, and
    what a person reads (`readable`): application, record, data, readme."""

    path: str
    content: bytes
    what: str
    type: str


@dataclass(frozen=True, slots=True)
class Lacking:
    """What should lie in the package and does not. `code`: file_gone, paper_not_made, paper_not_sealed."""

    code: str
    path: str


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything of a package but its manifest."""

    stream: UUID
    pieces: tuple[Piece, ...]
    lacking: tuple[Lacking, ...]
    facts: int
    head: str
    delivery: int
    """How many facts of its delivery."""


@dataclass(frozen=True, slots=True)
class Filed:
    """Under what a case is filed."""

    number: str
    fonds: str
    year: int
    years: int
    version: int


def contents(stream: UUID, filed: Filed, at: datetime, to_be_sealed: frozenset[str]) -> Contents:
    """What lies in the package of this case. `to_be_sealed`: the kinds of papers that carry a seal.

    NotPossible("case_gone") where its key was destroyed.
    """
    view, entries = cases.view(stream, at), read.entries(stream)
    if view.state.erased:
        raise NotPossible("case_gone")
    pieces, lacking, places = list[Piece](), list[Lacking](), dict[str, str]()
    pieces.append(Piece("facts.jsonl", b"".join(_line(each) for each in entries), "facts", "text/plain"))
    for path, id in files_of(view):
        found = _opened(id)
        if found is None:
            lacking.append(Lacking("file_gone", path))
            continue
        kind = media_type(found) or "application/octet-stream"
        places[id] = f"{path}.{ENDINGS.get(kind, 'bin')}"
        pieces.append(Piece(places[id], found, "material", kind))
    for path, paper in papers_of(stream):
        if paper.status == "voided":
            continue
        content = papers.sealed_bytes(paper)
        if content is None:
            if paper.kind in to_be_sealed:
                lacking.append(Lacking("paper_not_sealed", path))
            try:
                content = make.unsealed(paper)
            except NotPossible:
                lacking.append(Lacking("paper_not_made", path))
                continue
        pieces.append(Piece(f"{path}.pdf", content, "paper", "application/pdf"))
    delivery = delivered.facts_of(stream)
    if delivery:
        pieces.append(Piece(delivered.FACTS, b"".join(_line(each) for each in delivery), "facts", "text/plain"))
        for path, content in delivered.proofs(stream, delivery):
            pieces.append(Piece(path, content, "delivery", "application/json"))
    checkpoint = newest()
    if checkpoint is not None:
        pieces.append(Piece("checkpoint.txt", str(checkpoint.signed).encode(), "evidence", "text/plain"))
    headed = Headed(filed.number, _agency(view), _retention(filed))
    pieces += [Piece(*each) for each in Readable(view, headed, places).files()]
    pieces.append(Piece("metadata.xml", metadata(view, filed, pieces), "metadata", "application/xml"))
    return Contents(stream, tuple(pieces), tuple(lacking), len(entries), entries[-1].hash.hex(), len(delivery))


def wanted(stream: UUID, facts: int, at: datetime, filed_at: datetime) -> Iterator[tuple[str, str]]:
    """What belongs in a package over the first so many facts, made at an instant: where it lies, without its ending,
    and the kind of a paper, "" for a file that was handed in."""
    for path, _id in files_of(cases.view(stream, at), facts):
        yield path, ""
    for path, paper in papers_of(stream):
        if paper.status != "voided" and paper.at <= filed_at:
            yield path, paper.kind


def papers_of(stream: UUID) -> Iterator[tuple[str, Paper]]:
    """Every paper about the case and the receipts of its fees: where it lies, without its ending, and the paper."""
    for paper in papers.of_case(stream):
        yield f"papers/{paper.position:03d}-{paper.kind}", paper
    for nth, fee in enumerate(receipted(stream), 1):
        for paper in papers.of_case(fee):
            yield f"papers/fee-{nth:02d}-{paper.kind}", paper


def files_of(view: CaseView, facts: int | None = None) -> Iterator[tuple[str, str]]:
    """Every file that a fact of the case names: where it lies in the package, without its ending, and its id. `facts`:
    of the first so many alone."""
    seen: set[str] = set()
    for line in view.lines[:facts]:
        for nth, (name, id) in enumerate(_files_in(line.event), 1):
            if id not in seen:
                seen.add(id)
                yield f"materials/{line.position:03d}-{name or e.NAMES[type(line.event)]}-{nth:02d}", id


def _files_in(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, e.FileRef):
        yield name, value.id
    elif isinstance(value, e.Provided):
        for file in value.files:
            yield value.material, file.id
    elif is_dataclass(value) and not isinstance(value, type):
        for each in fields(value):
            yield from _files_in(getattr(value, each.name), name)
    elif isinstance(value, tuple | list | frozenset):
        for one in value:
            yield from _files_in(one, name)


def _opened(id: str) -> bytes | None:
    try:
        found = open_file(id)
    except (Refused, SealBroken):
        return None
    return found.content if found else None


def _line(entry: LogEntry) -> bytes:
    """A fact with everything its hash is made of, so that the chain can be followed without the database."""
    plain = {
        **{name: getattr(entry, name) for name in ("position", "stream_kind", "kind", "at", "recorded_at", "actor")},
        **{name: getattr(entry, name) for name in ("assertion", "nth", "installation", "alg")},
        "stream": entry.stream.hex,
        "command_id": entry.command_id.hex,
        "body": base64.b64encode(entry.body).decode(),
        "prev": entry.prev.hex(),
        "hash": entry.hash.hex(),
    }
    return json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


# Metadata after DA/T 85

CHINESE = "zh-Hans"
"""What an archivist of the county reads."""
CALLED = {
    "facts": "办理过程记录",
    "material": "申请材料",
    "paper": "办理文书",
    "delivery": "送达凭证",
    "evidence": "存证检查点",
    "application": "申请表",
    "record": "办理过程和时限",
    "data": "结构化数据",
    "readme": "阅读和核验说明",
}
"""What each kind of piece is called there."""
REQUIRED = (
    "档号",
    "全宗号",
    "年度",
    "保管期限",
    "题名",
    "责任者",
    "事项名称",
    "事项编码",
    "办件编号",
    "办结日期",
    "办理结果",
)


def metadata(view: CaseView, filed: Filed, pieces: list[Piece]) -> bytes:
    """The case as an archivist describes it, one element a field, in the terms of DA/T 85."""
    procedure, state = view.law.procedure, view.state
    opened = view.opened(state.applicant)
    applicant = (opened.get(state.applicant.ref) if state.applicant else None) or {}
    agency = _agency(view)
    result = words.label("results", state.result, CHINESE) if state.result else ""
    served = [line.event for line in view.lines if isinstance(line.event, e.Served)]
    told = {
        "聚合层次": "件",
        "档号": filed.number,
        "全宗号": filed.fonds,
        "年度": str(filed.year),
        "保管期限": _retention(filed),
        "件版本": str(filed.version),
        "题名": f"{agency}关于{applicant.get('name', '')}{procedure.name}的办件（{result}）",
        "责任者": agency,
        "事项名称": procedure.name,
        "事项编码": procedure.code,
        "事项版本": str(procedure.version),
        "事项类型": value_in_words("", "item_type", procedure.item_type, CHINESE),
        "办件编号": state.number,
        "查询号": state.query_number,
        "申请人": str(applicant.get("name", "")),
        "证件类型": words.label("id_types", str(applicant["id_type"]), CHINESE) if applicant.get("id_type") else "",
        "收件日期": _day(state.received_on),
        "受理日期": _day(state.accepted_on),
        "决定日期": _day(state.decided_on),
        "办结日期": _day(state.closed_on),
        "办理结果": result,
        "送达方式": words.label("methods", served[-1].method, CHINESE) if served else "",
        "送达日期": _day(state.served_on),
        "密级": "非密",
        "形成系统": "办结 Banjie",
        "文件数": str(len(pieces) + 1),
    }
    root = ET.Element("电子文件", {"标准": "DA/T 85-2019"})
    for name, value in told.items():
        ET.SubElement(root, name).text = value
    listed = ET.SubElement(root, "组成文件")
    for each in pieces:
        said = {"路径": each.path, "类别": CALLED.get(each.what, each.what), "格式": each.type}
        said |= {"SHA-256": sha256(each.content).hexdigest()} if each.what == "delivery" else {}
        ET.SubElement(listed, "文件", said)
    ET.indent(root)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def _agency(view: CaseView) -> str:
    home = view.law.procedure.home
    return Agency.objects.filter(id=home).values_list("name", flat=True).first() or home


def _retention(filed: Filed) -> str:
    return f"{filed.years}年" if filed.years else "永久"


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
