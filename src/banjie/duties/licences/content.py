"""What a version of a licence says: its holder, the lines of the certificate, and the record that is signed.

The record has the fields of GB/T 36903 (电子证照元数据) as canonical JSON. All of it lies sealed beside the facts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from stdnum.cn import uscc

from banjie.duties.licences.types import LicenceType
from banjie.engine.law import Procedure
from banjie.records.organisation.models import Agency
from banjie.words.dates import day_in_words

CODE_TYPES = {"uscc": "001", "id_card": "111", "passport": "414"}
"""持证主体代码类型: a credit code, an identity card, a passport; everything else is "999"."""
FIELD = "licence holder"
"""The blind index of identity numbers of holders: they cannot be compared with those of cases or parties."""
WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a licence: in clear here, sealed in the log."""

    kind: str = ""
    name: str = ""
    id_type: str = ""
    id_number: str = ""


def holder_of(type: LicenceType, applicant: Mapping[str, str], answers: Mapping[str, Any], code: str = "") -> Holder:
    """The holder: the applicant, or the company of that name with the credit code it was given."""
    if type.holder_name:
        name = str(answers.get(type.holder_name) or applicant.get("name", ""))
        return Holder("enterprise", name, "uscc" if code else "", code)
    return Holder(*(str(applicant.get(each, "")) for each in ("kind", "name", "id_type", "id_number")))


def lines_of(
    type: LicenceType, answers: Mapping[str, Any], procedure: Procedure, before: Sequence[Mapping[str, str]] = ()
) -> list[dict[str, str]]:
    """The lines of the certificate; what this case did not ask stands as the version before had it."""
    known = {each["id"]: each["value"] for each in before}
    lines = []
    for each in type.fields:
        value = _said(each.id, answers, procedure) or known.get(each.id, "")
        if value:
            lines.append({"id": each.id, "label": each.label, "english": each.english, "value": value})
    return lines


def _said(question_id: str, answers: Mapping[str, Any], procedure: Procedure) -> str:
    value = answers.get(question_id)
    question = next((each for each in procedure.questions if each.id == question_id), None)
    if value in (None, "") or question is None:
        return ""
    if question.type == "date" and (day := day_of(value)):
        return day_in_words(day)
    choices = {each.value: each.label for each in question.choices}
    return choices.get(str(value), str(value))


def day_of(answer: Any) -> date | None:
    """The day an answer says; None where it says none."""
    try:
        return date.fromisoformat(answer) if isinstance(answer, str) and answer else None
    except ValueError:
        return None


def record(
    type: LicenceType,
    holder: Holder,
    agency: Agency | None,
    *,
    number: str,
    identifier: str,
    former: str,
    version: int,
    dated: date,
    valid_to: date | None,
) -> dict[str, str]:
    """The metadata record of a version; a field that has nothing to say is left out."""  # fmt: skip
    told = {
        "电子证照标识": identifier,
        "证照类型名称": type.name,
        "证照类型代码": type.identifier,
        "证照名称": type.called("zh-Hans"),
        "证照编号": number,
        "证照版本": f"{version:03d}",
        "证照定义机构": type.body.name,
        "证照定义机构代码": type.body.credit_code,
        "证照颁发机构": agency.name if agency else "",
        "证照颁发机构代码": agency.credit_code if agency else "",
        "证照颁发日期": dated.isoformat(),
        "证照有效期起始日期": dated.isoformat(),
        "证照有效期截止日期": valid_to.isoformat() if valid_to else "",
        "持证主体": holder.name,
        "持证主体代码": holder.id_number,
        "持证主体代码类型代码": CODE_TYPES.get(holder.id_type, "999") if holder.id_number else "",
        "证照所属地区编码": agency.region_id if agency else "",
        "关联证照标识": former,
    }
    return {name: value for name, value in told.items() if value}


def credit_code(prefix: str, region: str, serial: int) -> str:
    """The credit code given with a registration: `prefix` (2), region (6), organisation code (9), check character.

    The organisation code is of the pool MA, checked by GB 11714; ValueError past the end of the pool.

    >>> credit_code("91", "999921", 1)
    '91999921MA00000154'
    """
    if not 0 < serial < 10**6:
        raise ValueError(f"serial: {serial} is outside the pool")
    body = f"MA{serial:06d}"
    check = (11 - sum(weight * ALPHABET.index(each) for weight, each in zip(WEIGHTS, body, strict=True)) % 11) % 11
    plain = f"{prefix}{region}{body}{'X' if check == 10 else check}"
    return plain + str(uscc.calc_check_digit(plain))
