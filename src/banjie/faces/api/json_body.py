"""JSON read strictly: UTF-8, no NaN and no Infinity, not deeper than a body can be, and numbers of bounded length."""

import json
from typing import Any, NoReturn

from django.http import HttpRequest
from ninja.parser import Parser

from banjie.engine.not_possible import NotPossible


class StrictJson(Parser):
    """Reads a body; what cannot be read raises NotPossible with the code of the reason."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The plain values of the body. Of a key that stands twice the last counts."""
        try:
            return json.loads(request.body.decode(), parse_constant=_refuse)
        except RecursionError:  # the reader stops some hundreds of levels down; no body needs ten
            raise NotPossible("too_deep") from None
        except ValueError:  # not UTF-8, not JSON, or a number of thousands of digits
            raise NotPossible("malformed") from None


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)
