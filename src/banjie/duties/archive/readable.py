"""What of a package a person reads, now and in thirty years, with nothing but a reader of PDF and of text.

`application.pdf` and `application.json`: who applied, every answer in words beside its question, what was declared, and
what was handed in each time. `record.pdf`: what happened, in sentences with day and person, and each time limit in
words; `dates.json` what the dates rest on. `openings.jsonl`: each sealed text of the facts with its salt, so that what
is read can be held against `facts.jsonl` with SHA-256 alone. `README.txt`: how to read and check all of it.
"""

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from typing import Any

from banjie import words
from banjie.cases.queries import CaseView, Line
from banjie.cases.reckoning import receipt_of
from banjie.engine import events as e
from banjie.engine.applicant import NEEDED
from banjie.engine.clocks import Running, remedy_clocks
from banjie.engine.codec import OFFICE_ZONE
from banjie.engine.law import Question
from banjie.engine.not_possible import NotPossible
from banjie.engine.state import fold
from banjie.records.organisation.queries import display_name, unit_names
from banjie.store import papers as typesetter
from banjie.store.files.read import describe
from banjie.store.keys.read import openings
from banjie.store.log import queries as log

APPLICATION, ANSWERS, RECORD = "application.pdf", "application.json", "record.pdf"
DATES, OPENINGS, README = "dates.json", "openings.jsonl", "README.txt"
NEEDED_TO_READ = (README, APPLICATION, ANSWERS, RECORD, DATES, OPENINGS)
"""Without one of these a package cannot be read on its own."""
CHINESE = "zh-Hans"
Plain = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Headed:
    """Under what the case is filed, as it stands at the head of every page."""

    number: str
    agency: str
    retention: str


class Readable:
    """The case in words, as its archive has it: in clear, and with everybody's name."""

    def __init__(self, view: CaseView, headed: Headed, places: Mapping[str, str]) -> None:
        """`places`: where each file that was handed in lies in the package, by its id."""
        self.view, self.headed, self.places = view, headed, places
        self.state, self.procedure = view.state, view.law.procedure
        self.refs = {ref.ref: (line.position, ref) for line in view.lines for ref in refs_of(line.event)}
        self.opened = openings(view.stream, self.refs)
        self.values = {ref: json.loads(value) for ref, (_salt, value) in self.opened.items()}

    @cached_property
    def names(self) -> words.Names:
        """What the guide, the organisation and the sealed texts call things."""
        units = unit_names(CHINESE)

        def others(kind: str, id: str) -> str:
            if kind == "person":
                return display_name(id) or ""
            if kind == "unit":
                return units.get(id, "")
            return str(self.values.get(id, "")) if kind == "text" else ""

        return words.names_of(self.procedure, CHINESE, others)

    def named(self, kind: str, id: str) -> str:
        """What something is called; its id where nobody knows."""
        return (self.names(kind, id) if callable(self.names) else "") or id

    def label(self, section: str, code: str) -> str:
        """A code in words."""
        return words.label(section, code, CHINESE)

    # What was handed in

    @cached_property
    def application(self) -> Plain:
        """`application.json`: the particulars, the answers and the materials, as data and in words."""
        party = self.state.applicant or (self.state.opening.holder if self.state.opening else None)
        return {
            "format": "banjie-application/1",
            "number": self.headed.number,
            "case": self.state.number,
            "query_number": self.state.query_number,
            "agency": self.headed.agency,
            "item": {
                "name": self.procedure.name,
                "code": self.procedure.code,
                "version": self.procedure.version,
                "basis": list(self.procedure.basis),
            },
            "ex_officio": self.state.opening is not None,
            "opening": self.opening,
            "applicant": self.particulars(self.values.get(party.ref) if party else None),
            "declared": self.declared,
            "answers": self.answers(self.values.get(self.state.answers.ref) if self.state.answers else None),
            "handed_in": [each for line in self.view.lines if (each := self.handed_in(line))],
            "third_parties": [
                self.particulars(self.values.get(ref.ref))
                for line in self.view.lines
                if isinstance(line.event, e.ThirdPartiesNamed)
                for ref in line.event.particulars
            ],
        }

    @property
    def opening(self) -> list[Plain]:
        """What a proceeding the agency opened itself is about, each line with its name; empty of an application."""
        opened = next((each.event for each in self.view.lines if isinstance(each.event, e.OpenedExOfficio)), None)
        if opened is None:
            return []
        told = words.facts_of(opened, CHINESE, self.names, self.view.law)
        lines = [
            ("拟办理", told.get("act", "")),
            ("证件编号", opened.licence_number),
            ("事由", f"{told.get('ground', '')}（{opened.basis}）"),
            ("发现之日", told.get("discovered_on", "")),
            ("续办", opened.follows),
            ("事实和理由", told.get("facts", "")),
        ]
        return [{"name": name, "text": text} for name, text in lines if text]

    def particulars(self, given: Mapping[str, Any] | None) -> list[Plain]:
        """Who somebody is, each line with its name, in the order of the form."""
        order = {field: nth for nth, field in enumerate(NEEDED)}
        coded = {"kind": "applicant_kinds", "id_type": "id_types"}
        found = []
        for field in sorted(given or {}, key=lambda each: (order.get(each, len(order)), each)):
            value = (given or {})[field]
            if value not in (None, ""):
                text = self.label(coded[field], value) if field in coded else str(value)
                found.append({"id": field, "name": self.label("fields", field), "value": value, "text": text})
        return found

    def answers(self, given: Mapping[str, Any] | None) -> list[Plain]:
        """The questions that were answered, each in its words with the answer; what no question knows, too."""
        given = given or {}
        known = {each.id: each for each in self.procedure.questions}
        order = [*(each for each in known if each in given), *(each for each in given if each not in known)]
        return [
            {
                "id": id,
                "question": self.named("question", id),
                "value": given[id],
                "text": _said(known.get(id), given[id]),
            }
            for id in order
            if given[id] not in (None, "")
        ]

    @property
    def declared(self) -> str:
        """What the applicant declared, word for word; where the text is another by now, its version and digest."""
        told = next((each.event.declaration for each in self.view.lines if isinstance(each.event, e.Submitted)), None)
        if told is None:
            return ""
        if told == words.declaration(told.version):
            return words.declared_text(told.version, CHINESE)
        return f"{told.version} SHA-256 {told.digest}"

    def handed_in(self, line: Line) -> Plain | None:
        """What a fact says was handed in: answers, materials with their files; None where it is none."""
        given = [each for each in values_of(line.event) if isinstance(each, e.Provided)]
        answers = getattr(line.event, "answers", None)
        changed = self.values.get(answers.ref) if isinstance(answers, e.Ref) else None
        if not given and changed is None:
            return None
        known = describe([file.id for each in given for file in each.files])
        materials = [
            {
                "id": each.material,
                "name": self.named("material", each.material),
                "form": self.label("forms", each.form),
                "licence": each.licence,
                "files": [
                    {"path": self.places.get(file.id, ""), "called": known[file.id].name if file.id in known else ""}
                    for file in each.files
                ],
            }
            for each in given
        ]
        what = words.act_name(e.NAMES[type(line.event)], CHINESE)
        at = _instant(line.event.at)
        return {
            "position": line.position,
            "at": at,
            "what": what,
            "by": self.who(line.event.by),
            "answers": self.answers(changed) if changed is not None else [],
            "materials": materials,
        }

    # What happened

    def who(self, by: e.By) -> str:
        """Who did it, by name; whoever applied by the name they gave."""
        if by.kind is e.ActorKind.STAFF:
            return self.named("person", by.id)
        role = self.label("actors", by.kind)
        if by.kind is e.ActorKind.APPLICANT:
            party = self.state.applicant or (self.state.opening.holder if self.state.opening else None)
            name = str((self.values.get(party.ref) or {}).get("name", "")) if party else ""
            role = self.label("actors", "holder") if self.state.opening else role
            return f"{name}（{role}）" if name else role
        return role

    @cached_property
    def told(self) -> list[Plain]:
        """Each fact: when, who, what in a sentence, and the papers it made."""
        state, found = None, []
        for line in self.view.lines:
            state = fold([line.event]) if state is None else fold([line.event], state)
            text = words.sentence(line.event, CHINESE, "staff", self.names, self.view.law, state)
            papers = [self.label("documents", each) for each in words.documents_of(line.event)]
            found.append(
                {
                    "position": line.position,
                    "at": _instant(line.event.at),
                    "by": self.who(line.event.by),
                    "text": text or words.act_name(e.NAMES[type(line.event)], CHINESE),
                    "papers": papers,
                }
            )
        return found

    @cached_property
    def limits(self) -> list[Plain]:
        """Each time limit of the case in words: from when, how long, until when, on what ground, what moved it."""
        clocks: Sequence[Running] = [*self.view.clocks, *remedy_clocks(self.state, self.view.law)]
        return [each for running in clocks if (each := self.limit(running))]

    def limit(self, running: Running) -> Plain | None:
        """A time limit in words; None where the calendar of a year it needs is not loaded."""
        try:
            told = words.explain(running, CHINESE, names=self.names)
        except NotPossible:
            return None
        moved = words.story(running, self.state, self.view.law, self.view.on, CHINESE, self.names)
        return {"name": told.name, "summary": told.summary, "basis": told.basis, "moved": list(moved)}

    # Files

    def files(self) -> Iterator[tuple[str, bytes, str, str]]:
        """Every file a person reads: its path, its bytes, what it is, its media type."""
        yield APPLICATION, self._set("archive_application", self.application), "application", "application/pdf"
        yield ANSWERS, _json(self.application), "data", "application/json"
        record = {"result": self._result(), "told": self.told, "limits": self.limits}
        yield RECORD, self._set("archive_record", record), "record", "application/pdf"
        yield DATES, _json(receipt_of(self.view)), "data", "application/json"
        yield OPENINGS, b"".join(self._openings()), "data", "text/plain"
        yield README, readme(self.headed.number).encode(), "readme", "text/plain"

    def _set(self, template: str, data: Plain) -> bytes:
        unprintable = typesetter.missing_glyphs(_texts_in(data))
        told = {
            "title": "申请表" if template == "archive_application" else "办理过程和时限",
            "at": round(self.view.lines[-1].event.at.timestamp() * 1_000_000),
            "number": self.headed.number,
            "agency": self.headed.agency,
            "retention": self.headed.retention,
            "demo": log.installation().demo,
            "case": {"query_number": self.state.query_number, "number": self.state.number, "item": self.procedure.name},
            "unprintable": [f"{each} U+{ord(each):04X}" for each in unprintable],
            "data": data,
        }
        return typesetter.typeset(typesetter.newest(template), told)

    def _result(self) -> str:
        return self.label("results", self.state.result) if self.state.result else ""

    def _openings(self) -> Iterator[bytes]:
        for ref, (position, named) in sorted(self.refs.items(), key=lambda each: (each[1][0], each[0])):
            if ref in self.opened:
                salt, value = self.opened[ref]
                told = {
                    "position": position,
                    "ref": ref,
                    "commitment": named.commitment,
                    "salt": salt.hex(),
                    "value": base64.b64encode(value).decode(),
                    "text": json.loads(value),
                }
                yield json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def refs_of(value: Any) -> Iterator[e.Ref]:
    """Every sealed text that a fact refers to."""
    return (each for each in values_of(value) if isinstance(each, e.Ref))


def values_of(value: Any) -> Iterator[Any]:
    """A value and everything it is made of."""
    yield value
    if is_dataclass(value) and not isinstance(value, type):
        for each in fields(value):
            yield from values_of(getattr(value, each.name))
    elif isinstance(value, tuple | list | frozenset):
        for one in value:
            yield from values_of(one)


def readme(number: str) -> str:
    """How a package is read and checked, without this program: in Chinese, then in English."""
    return TEXT.replace("{number}", number)


def faults(openings: bytes, facts: bytes) -> Iterator[str]:
    """The lines of `openings.jsonl` that no fact of `facts.jsonl` committed itself to; none where there is no fact."""
    bodies = {told["position"]: base64.b64decode(told["body"]) for told in map(json.loads, facts.splitlines())}
    for nth, line in enumerate(openings.splitlines() if bodies else (), 1):
        told = json.loads(line)
        value = base64.b64decode(told["value"])
        commitment = sha256(bytes.fromhex(told["salt"]) + value).hexdigest()
        is_named = commitment.encode() in bodies.get(told["position"], b"")
        if commitment != told["commitment"] or not is_named or json.loads(value) != told["text"]:
            yield f"{OPENINGS}:{nth}"


def _said(question: Question | None, value: Any) -> str:
    if isinstance(value, bool):
        return words.label("misc", "yes" if value else "no", CHINESE)
    for choice in question.choices if question else ():
        if choice.value == value:
            return choice.label
    return str(value)


def _instant(at: datetime) -> str:
    return at.astimezone(OFFICE_ZONE).isoformat(timespec="seconds")


def _json(plain: Mapping[str, Any]) -> bytes:
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, indent=1).encode() + b"\n"


def _texts_in(data: Any) -> str:
    if isinstance(data, Mapping):
        return "".join(map(_texts_in, data.values()))
    if isinstance(data, list | tuple):
        return "".join(map(_texts_in, data))
    return data if isinstance(data, str) else ""


TEXT = """归档包 {number}

一、怎样阅读（不需要本平台）
  application.pdf   申请表：申请人、每个问题和回答、声明、历次提交的材料（PDF/A）
  record.pdf        办理过程和时限：每件事何时、何人、做了什么，各项时限怎样计算（PDF/A）
  materials/        申请材料原件，文件名前的数字是提交它的那条记录的序号
  papers/           办理文书和缴费凭证，加盖电子印章的 PDF
  delivery/         送达记录和送达凭证
  metadata.xml      元数据（DA/T 85）
二、机器可读的内容
  application.json  申请表的结构化数据，和 application.pdf 内容相同；PDF 不能显示的字以它为准
  facts.jsonl       全部办理记录，一行一条；body 是记录原文（Base64），个人信息在其中只有引用和摘要
  openings.jsonl    上述每个引用的原文（value，Base64）和盐值（salt），用来核对摘要（commitment）
  dates.json        时限计算凭据：日历、规则和每一步
  checkpoint.txt    归档时办件记录的检查点
  manifest.json     以上每个文件的大小、SHA-256 和 SM3；manifest.sig 是对它的签名，manifest.pem 是公钥
三、怎样核验（只用常见工具）
  1. 签名（SM2，SM3）。先用其他途径得到的公钥核对 manifest.pem，再运行：
       xxd -r -p manifest.sig signature.der
       openssl pkeyutl -verify -rawin -digest sm3 -pubin -inkey manifest.pem -sigfile signature.der \\
           -in manifest.json -pkeyopt distid:1234567812345678
  2. 每个文件的摘要，和 manifest.json 比对：
       sha256sum application.pdf record.pdf facts.jsonl papers/* materials/* delivery/*
       openssl dgst -sm3 application.pdf
  3. 文书上的电子印章：
       pdfsig papers/001-collection_receipt.pdf
  4. 申请内容就是当时记录的内容：openings.jsonl 每一行，盐值和原文连在一起的 SHA-256 等于 commitment，
     同一个 commitment 在 facts.jsonl 相应序号（position）的记录原文中：
       ( printf %s SALT | xxd -r -p; printf %s VALUE | base64 -d ) | sha256sum
       sed -n POSITIONp facts.jsonl | grep -o '"body":"[^"]*"' | cut -d'"' -f4 | base64 -d
四、个人信息
  本包含有未遮盖的个人信息。提供本包的时间、人员和用途已经登记。平台上的案卷依法删除以后，已经提供的归档包
  仍在领取单位，由领取单位按照其用途和保管期限负责。

------------------------------------------------------------------------------------------------------------------------

Archive package {number}

To read: application.pdf (the application form: who applied, each question with its answer, what was handed in),
record.pdf (what happened, when and by whom, and how each time limit was counted), materials/ (what was handed in),
papers/ (sealed papers), delivery/ (proofs of service), metadata.xml (DA/T 85).
For machines: application.json (the same as application.pdf; what a PDF cannot draw stands there), facts.jsonl (every
fact, with the exact bytes of its body), openings.jsonl (each sealed text with its salt), dates.json, checkpoint.txt,
manifest.json (size, SHA-256 and SM3 of each), manifest.sig (SM2 with SM3, DER in hexadecimal), manifest.pem (the key).
To check: the commands stand above. Compare manifest.pem with the key of the installation, which you got another way.
This package holds personal data in clear; whoever took it answers for it, also after the case was erased.
"""
