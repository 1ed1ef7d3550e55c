"""What is checked of an application before anything is written."""

import re
from datetime import date
from typing import Any

from django.utils import timezone
from rest_framework import serializers
from stdnum.cn import ric, uscc
from stdnum.exceptions import ValidationError as WrongNumber

from peers.drf.models import Item

ID_TYPES = (
    "id_card",
    "hk_macao_permit",
    "taiwan_permit",
    "residence_permit",
    "foreigner_card",
    "passport",
    "uscc",
    "other",
)
PATTERNS = {
    "hk_macao_permit": re.compile(r"[HM]\d{8}(\d{2})?", re.ASCII | re.IGNORECASE),
    "taiwan_permit": re.compile(r"\d{8}", re.ASCII),
    "passport": re.compile(r"[A-Z0-9]{5,15}", re.ASCII | re.IGNORECASE),
}
LONGEST_ANSWER = 2000


class Applicant(serializers.Serializer[Any]):
    """Who applies."""

    kind = serializers.ChoiceField(["person", "enterprise", "other"])
    name = serializers.CharField(max_length=200)
    id_type = serializers.ChoiceField(ID_TYPES)
    id_number = serializers.CharField(max_length=200)
    phone = serializers.CharField(max_length=200)
    address = serializers.CharField(max_length=200)
    contact = serializers.CharField(max_length=200, default="", allow_blank=True)
    service_address = serializers.CharField(max_length=200, default="", allow_blank=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The number by its own standard."""
        kind, number = attrs["id_type"], attrs["id_number"]
        if kind == "uscc" and not uscc.is_valid(number):
            raise serializers.ValidationError({"id_number": "wrong_check_digit_uscc"})
        if kind in ("id_card", "residence_permit", "foreigner_card"):
            self._check_id_card(number)
        if kind in PATTERNS and not PATTERNS[kind].fullmatch(number):
            raise serializers.ValidationError({"id_number": f"wrong_{kind}"})
        return attrs

    def _check_id_card(self, number: str) -> None:
        try:
            is_sound = len(number) == 18 and ric.calc_check_digit(number) == number[17].upper()
            is_born = is_sound and ric.get_birth_date(number) <= timezone.localdate()
        except (WrongNumber, ValueError):
            is_sound = is_born = False
        if not is_sound or not is_born:
            raise serializers.ValidationError({"id_number": "wrong_check_digit_id_card"})


class Provided(serializers.Serializer[Any]):
    """A material handed in."""

    material = serializers.CharField(max_length=100)
    form = serializers.ChoiceField(["original_seen", "original_kept", "copy"])


class NewCase(serializers.Serializer[Any]):
    """An application."""

    item = serializers.SlugRelatedField("code", queryset=Item.objects.all())
    applicant = Applicant()
    answers = serializers.DictField(default=dict)
    provided = Provided(many=True, default=list, max_length=200)
    channel = serializers.ChoiceField(["online", "window", "post", "agent", "kiosk"], default="online")
    e_service = serializers.BooleanField(default=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Answers and materials against the item; every problem at once."""
        problems = {**_answer_problems(attrs["answers"], attrs["item"].questions)}
        known, seen = {each["id"] for each in attrs["item"].materials}, set()
        for number, each in enumerate(attrs["provided"]):
            if each["material"] not in known:
                problems[f"provided.{number}.material"] = "outside_guide"
            if each["material"] in seen:
                problems[f"provided.{number}.material"] = "twice"
            seen.add(each["material"])
        if problems:
            raise serializers.ValidationError(problems)
        return attrs


def _answer_problems(answers: dict[str, Any], questions: list[dict[str, Any]]) -> dict[str, str]:
    known = {each["id"]: each for each in questions}
    problems = {}
    for name, value in answers.items():
        code = _answer_problem(value, known[name]) if name in known else "unknown_question"
        if code:
            problems[f"answers.{name}"] = code
    for each in questions:
        is_asked = not each["when"] or answers.get(each["when"]) is True
        if each["needed"] and is_asked and answers.get(each["id"]) in (None, ""):
            problems[f"answers.{each['id']}"] = "needed"
    return problems


def _answer_problem(value: Any, question: dict[str, Any]) -> str:
    match question["type"]:
        case "number":
            is_whole = isinstance(value, int) and not isinstance(value, bool)
            return "" if is_whole and 0 <= value < 10**12 else "not_a_number"
        case "yes_no":
            return "" if isinstance(value, bool) else "not_yes_or_no"
    if not isinstance(value, str):
        return "not_a_text"
    if len(value) > LONGEST_ANSWER:
        return "too_long"
    if question["type"] == "choice" and value not in ("", *question["choices"]):
        return "unknown_choice"
    if question["type"] == "date" and value:
        try:
            date.fromisoformat(value)
        except ValueError:
            return "no_such_date"
    return ""
