"""The endpoint: whether who asks may, and what they were told before."""

import hmac
import re
from typing import Any

from django.db import IntegrityError
from rest_framework import status
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from peers.drf.fields import keyed_digest
from peers.drf.models import FirstAnswer, User
from peers.drf.serializers import NewCase
from peers.drf.services import file_case

KEY = re.compile(r"[\x21-\x7e]{8,200}")
TRIES = 3


class MayApply(BasePermission):
    """Applicants, and staff who enter it for somebody."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Whether this person may."""
        return request.user.is_authenticated and request.user.kind in ("applicant", "staff")


class KeyReused(APIException):
    """The same key with another body."""

    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_code = default_detail = "key_reused_with_other_body"


class Cases(APIView):
    """New cases."""

    permission_classes = (MayApply,)

    def post(self, request: Request) -> Response:
        """Hand in an application; the same key with the same body gives the first answer again."""
        key = request.headers.get("Idempotency-Key", "")
        if not KEY.fullmatch(key):
            raise ValidationError({"Idempotency-Key": "needed"})
        digest = keyed_digest("body", request.body)
        for _ in range(TRIES):
            if known := self._told_before(request.user, key, digest):
                return known
            asked = NewCase(data=request.data)
            asked.is_valid(raise_exception=True)
            try:
                answer = file_case(request.user, asked.validated_data, key, digest)
            except IntegrityError:
                continue  # the key was used meanwhile, or the query number is taken
            return Response(answer, status.HTTP_201_CREATED)
        raise APIException

    def _told_before(self, user: User, key: str, digest: str) -> Response | None:
        known = FirstAnswer.objects.filter(user=user, key=key).first()
        if known is None:
            return None
        if not hmac.compare_digest(known.digest, digest):
            raise KeyReused
        return Response(known.answer, status.HTTP_201_CREATED, headers={"Idempotent-Replay": "true"})
