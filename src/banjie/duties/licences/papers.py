"""The papers of a licence, made out in the register of papers: the certificate, and a copy for a purpose."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from banjie.duties.licences.types import LicenceType
from banjie.duties.papers.follow import paper_id
from banjie.duties.papers.register import make_out
from banjie.engine import codec

CERTIFICATE, COPY = "licence", "licence_copy"


def certificate(type: LicenceType, said: Mapping[str, Any], body: Mapping[str, Any], agency: str) -> UUID:
    """The certificate of a version as the register of papers knows it; `body`: the fact that made the version."""
    case, position = UUID(body["case"]), body["position"]
    return make_out(
        CERTIFICATE,
        agency,
        case,
        position,
        codec.instant(body["at"]),
        paper_id(case, position, CERTIFICATE),
        data=_told(type, said, body),
    ).stream


def copy(
    type: LicenceType, said: Mapping[str, Any], version: Mapping[str, Any], body: Mapping[str, Any],
    terms: Mapping[str, str], place: tuple[UUID, int],
) -> UUID:  # fmt: skip
    """A copy for a purpose of a version; `body`: the fact that makes the copy, which comes to stand at this `place`."""
    told = {**_told(type, said, version), "copy": {"number": body["number"], "until": body["until"], **terms}}
    return make_out(COPY, body["agency"], *place, codec.instant(body["at"]), UUID(body["copy"]), data=told).stream


def _told(type: LicenceType, said: Mapping[str, Any], body: Mapping[str, Any]) -> dict[str, Any]:
    """What a template is given: names, numbers, dates, the holder, the lines of the certificate."""
    return {
        "licence": {
            "type": type.code,
            "name": type.name,
            "electronic": type.called("zh-Hans"),
            "number": body["number"],
            "identifier": body["identifier"],
            "version": body["version"],
            "dated": body["dated"],
            "valid_to": body.get("valid_to", ""),
            "template": type.template,
        },
        "holder": {
            "name": said["holder"]["name"],
            "code": said["holder"]["id_number"] if said["holder"]["id_type"] == "uscc" else "",
        },
        "lines": [{"label": each["label"], "value": each["value"]} for each in said["lines"]],
    }
