"""A procedure in the national element names (实施清单要素): JSON for exchange, with one code mapping per standard.

The project has words of its own for every coded field; ZWFW C0109 and GB/T 39046 number some of them differently, so a
code is never stored, only written on export. Field names are the exchange names of the national tables.
"""

from collections.abc import Mapping
from typing import Any, Literal

from banjie.engine.codec import canonical
from banjie.engine.law import Material, Procedure, Provider
from banjie.engine.timelimits import Limit, Unit
from banjie.records.catalogue import codes

Standard = Literal["C0109", "GB/T 39046"]

CODES: Mapping[str, Mapping[Standard, Mapping[str, str]]] = {
    "served": {
        "C0109": {
            "person": "1",
            "enterprise": "2",
            "institution": "3",
            "social_organisation": "4",
            "unincorporated": "5",
            "organ": "6",
            "other": "9",
        },
        "GB/T 39046": {
            "person": "1",
            "enterprise": "2",
            "institution": "3",
            "social_organisation": "4",
            "unincorporated": "6",
            "organ": "5",
            "other": "6",
        },
    },
    "channels": {
        "C0109": {"window": "1", "computer": "2", "mobile": "2", "express": "3"},
        "GB/T 39046": {"window": "1", "computer": "2", "mobile": "3", "express": "4"},
    },
    "power_source": {
        each: {
            "statutory": "1",
            "devolved": "2",
            "authorised_above": "3",
            "authorised_same": "4",
            "entrusted_above": "5",
            "entrusted_same": "6",
        }
        for each in ("C0109", "GB/T 39046")
    },
    "online_depth": {
        each: {
            "consult": "1",
            "receive": "2",
            "prereview": "3",
            "accept": "4",
            "handle": "5",
            "feedback": "6",
            "licence": "7",
            "other": "8",
        }
        for each in ("C0109", "GB/T 39046")
    },
    "necessity": {each: {"yes": "1", "no": "2", "late": "3"} for each in ("C0109", "GB/T 39046")},
    "material_kind": {each: {"certificate": "1", "form": "2", "other": "3"} for each in ("C0109", "GB/T 39046")},
    "material_form": {each: {"paper": "1", "electronic": "2", "both": "3"} for each in ("C0109", "GB/T 39046")},
    "provider": {
        each: {"applicant": "10", "government": "20", "intermediary": "99"} for each in ("C0109", "GB/T 39046")
    },
    "state": {each: {"in_use": "1", "suspended": "2", "cancelled": "3"} for each in ("C0109", "GB/T 39046")},
}
"""Our words in the codes of each standard. Where a standard has no code for a word, the nearest stands (unincorporated
in GB/T 39046: 其他组织; a phone in C0109: 网上)."""

UNITS = {
    Unit.WORKING_DAY: "工作日",
    Unit.CALENDAR_DAY: "日",
    Unit.MONTH: "月",
    Unit.HOUR: "小时",
    Unit.MINUTE: "分钟",
}
"""Limits are exported with their unit in words: the numeric codes of the element standard could not be confirmed."""


def coded(field: str, value: str, standard: Standard) -> str:
    """The code of one of our words in a standard; KeyError for a field or word without one."""
    return CODES[field][standard][value]


def national(procedure: Procedure, standard: Standard = "C0109", state: str = "in_use") -> dict[str, Any]:
    """A procedure as the national element set names it: plain values for JSON."""
    parts, guide = codes.parsed(procedure.code), procedure.guide
    agency = procedure.agency(procedure.agency_of(procedure.decides))

    def many(field: str, values: tuple[str, ...]) -> str:
        return ",".join(dict.fromkeys(coded(field, each, standard) for each in values))

    return {
        "standard": standard,
        "catalog_code": parts.basic,
        "task_code": procedure.code[:31],
        "task_handle_item": procedure.code if parts.variant else "",
        "task_name": procedure.name,
        "task_type": procedure.item_type,
        "task_state": coded("state", state, standard),
        "task_version": procedure.version,
        "by_law": "；".join(procedure.basis),
        "power_source": coded("power_source", guide.power_source, standard),
        "use_level": parts.level,
        "dept_name": agency.name,
        "dept_code": parts.credit_code,
        "entrust_name": guide.entrusting,
        "anticipate_day": procedure.statutory_limit.number,
        "anticipate_type": UNITS[procedure.statutory_limit.unit],
        "promise_day": (procedure.committed_limit or procedure.statutory_limit).number,
        "promise_type": UNITS[(procedure.committed_limit or procedure.statutory_limit).unit],
        "accept_condition": guide.conditions,
        "handle_flow": guide.flow,
        "special_procedure": "；".join(_special(procedure)),
        "is_fee": "1" if guide.fees else "0",
        "fee_basis": "；".join(each.basis for each in guide.fees) or guide.fee_basis or procedure.fee,
        "server_type": many("served", guide.served),
        "project_type": "1" if procedure.instant else "2",
        "handle_type": many("channels", guide.channels),
        "limit_scene_num": procedure.visits,
        "limit_scene_explain": guide.visit_reason,
        "link_way": guide.enquiries,
        "supervise_way": guide.complaints,
        "transact_addr": "；".join(f"{each.name}：{each.address}" for each in guide.places),
        "transact_time": "；".join(each.hours for each in guide.places),
        "is_entry_center": "1" if guide.entered_centre else "0",
        "is_online": "1" if "computer" in guide.channels or "mobile" in guide.channels else "0",
        "online_handle_depth": many("online_depth", guide.online_depth),
        "is_express": "1" if guide.express else "0",
        "is_pay_online": "1" if guide.pays_online else "0",
        "is_schedule": "1" if guide.appointment else "0",
        "is_service_terminals": "1" if guide.kiosk else "0",
        "limit_explain": guide.quantity,
        "other_dept": "；".join(guide.joint),
        "service_type": "；".join(each.name for each in guide.intermediaries),
        "result_name": guide.result_name,
        "result_guid": guide.result_sample,
        "plan_effective_date": procedure.effective_from.isoformat(),
        "materials": [_material(number, each, standard) for number, each in enumerate(procedure.materials, 1)],
        "fees": [
            {
                "fee_name": each.name,
                "fee_stand": each.standard,
                "by_law": each.basis,
                "is_desc": "1" if each.reduction else "0",
                "desc_explain": each.reduction,
            }
            for each in guide.fees
        ],
        "questions": [{"question": each.question, "answer": each.answer} for each in guide.faq],
    }


def national_json(procedure: Procedure, standard: Standard = "C0109", state: str = "in_use") -> bytes:
    """`national` as canonical JSON: the same procedure always gives the same bytes."""
    return canonical(national(procedure, standard, state))


def _special(procedure: Procedure) -> list[str]:
    times = {each.ground: each.time for each in procedure.guide.pause_times}
    found = [f"{each.name}（{times.get(each.id, '')}）" for each in procedure.pause_grounds]
    return found + [f"{each.name}（{_limit(each.cap)}）" for each in procedure.guide.special_steps]


def _limit(limit: Limit) -> str:
    return f"{limit.number} {UNITS[limit.unit]}"


def _material(number: int, material: Material, standard: Standard) -> dict[str, Any]:
    necessity = "late" if material.may_be_late else "yes" if material.necessary else "no"
    return {
        "material_name": material.name,
        "order_num": number,
        "is_need": coded("necessity", necessity, standard),
        "material_type": coded("material_kind", material.kind, standard),
        "material_format": coded("material_form", material.form, standard),
        "source_type": coded("provider", Provider(material.provider).value, standard),
        "source_explain": material.issuer,
        "page_num": material.originals + material.copies,
        "original_num": material.originals,
        "copy_num": material.copies,
        "form_guid": material.blank,
        "example_guid": material.sample,
        "fill_explain": material.filling,
        "accept_stand": material.standard,
        "by_law": material.basis,
    }
