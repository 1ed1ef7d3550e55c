"""The transaction of an application: number, case, materials, audit row, task, first answer."""

import json
import secrets
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import get_language

from peers.drf.fields import blind_index
from peers.drf.models import AuditEvent, CalendarDay, Case, FirstAnswer, Item, Material, Serial, Task, User

BASE = "/api/v1"
NOTICE = {"zh-hans": "告知时限", "en": "Notice clock"}


def file_case(user: User, asked: dict[str, Any], key: str, digest: str) -> dict[str, Any]:
    """Open the case and return the answer; IntegrityError where the key or the query number is taken."""
    now = timezone.localtime()
    today, item, particulars = now.date(), asked["item"], asked["applicant"]
    due_on = last_working_day(today, item.notice_days)
    case = Case(
        query_number=query_number(today),
        item=item,
        item_version=item.version,
        applicant=user,
        unit=item.unit,
        channel=asked["channel"],
        e_service=asked["e_service"],
        applicant_kind=particulars["kind"],
        name=particulars["name"],
        id_type=particulars["id_type"],
        id_number=particulars["id_number"],
        id_index=blind_index(particulars["id_number"]),
        phone=particulars["phone"],
        address=particulars["address"],
        contact=particulars["contact"],
        service_address=particulars["service_address"],
        answers=json.dumps(asked["answers"], ensure_ascii=False),
        received_at=now,
        due_on=due_on,
    )
    with transaction.atomic(durable=True):
        case.number = next_number(item, today)
        case.save(force_insert=True)
        Material.objects.bulk_create(Material(case=case, **each) for each in asked["provided"])
        AuditEvent.objects.create(case=case, seq=1, kind="submitted", by=user, payload=_fact(case, asked), at=now)
        Task.objects.create(case=case, kind="answer", unit=item.unit, opened_on=today, due_on=due_on)
        answer = _receipt(case, now)
        FirstAnswer.objects.create(user=user, key=key, digest=digest, answer=answer)
    return answer


def next_number(item: Item, day: date) -> str:
    """The next of this item and day, without a gap: the row stays locked until the commit."""
    code = item.code[:31]
    serials = Serial.objects.filter(code=code, day=day)
    if serials.update(last=F("last") + 1):
        last = serials.values_list("last", flat=True).get()
    else:
        last = Serial.objects.create(code=code, day=day, last=1).last
    return f"{code}{day:%Y%m%d}{last:04d}"


def query_number(day: date) -> str:
    """Day, seven random digits, and the check character of ISO 7064 MOD 11-2."""
    digits = f"{day:%y%m%d}{secrets.randbelow(10**7):07d}"
    rest = 0
    for digit in digits:
        rest = (rest + int(digit)) * 2 % 11
    return digits + "0123456789X"[(12 - rest) % 11]


def last_working_day(start: date, days: int) -> date | None:
    """The last of so many working days after this one; None where the calendar ends before."""
    working = CalendarDay.objects.filter(day__gt=start, is_working=True).order_by("day").values_list("day", flat=True)
    found = list(working[:days])
    return found[-1] if len(found) == days else None


def _fact(case: Case, asked: dict[str, Any]) -> dict[str, Any]:
    return {
        "number": case.number,
        "item": case.item.code,
        "item_version": case.item_version,
        "channel": case.channel,
        "due_on": case.due_on and case.due_on.isoformat(),
        "provided": [each["material"] for each in asked["provided"]],
    }


def _receipt(case: Case, now: datetime) -> dict[str, Any]:
    address = f"{BASE}/cases/{case.number}"
    return {
        "number": case.number,
        "query_number": case.query_number,
        "version": case.version,
        "received_at": now.isoformat(),
        "due": {
            "clock": "notice",
            "name": NOTICE[get_language() or "zh-hans"],
            "on": case.due_on and case.due_on.isoformat(),
            "provisional": case.due_on is None,
        },
        "links": {
            "case": address,
            "events": f"{address}/events",
            "deadline": f"{address}/deadline",
            "receipt": f"{address}/receipt",
            "commands": f"{address}/commands",
        },
    }
