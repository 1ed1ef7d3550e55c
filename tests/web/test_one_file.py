"""The pages that are one file, of one frame: whole, in both languages, and without any address to ask."""

import re
from base64 import b64encode
from hashlib import sha256

import pytest

from banjie.web import verifier
from banjie.web.evidence import offline

PAGES = {
    "dates": (lambda language: verifier.page(language), "receipt"),
    "proofs": (lambda language: offline._file.page(language, {"keys": ["log.example+0a1b+key"]}), "proof"),
}


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize(("asked", "spoken"), [("en", "en"), ("zh-hans", "zh-Hans")])
def test_the_page_is_joined_whole_and_asks_no_address(name: str, asked: str, spoken: str) -> None:
    made, field = PAGES[name]

    page = made(asked).decode()

    assert page.startswith(f'<!doctype html>\n<html lang="{spoken}">')
    assert re.findall(r"\{\{[A-Z_]+\}\}", page) == []
    assert re.findall(r'<label for="(\w+)"', page) == re.findall(r'<input id="(\w+)" type="file"', page) == [field]
    markup = re.sub(r"<(script|style)\b.*?</\1>", "", page, flags=re.DOTALL)
    assert set(re.findall(r'(?:src|href|action)="([^"]*)"', markup)) == {"data:,", "?save=1"}
    assert "default-src 'none'" in page
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    assert f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'" in page


def test_only_the_page_of_proofs_brings_keys_along() -> None:
    dates, proofs = (PAGES[name][0]("en").decode() for name in ("dates", "proofs"))

    assert ('id="data"' in dates, 'id="known"' in dates) == (False, False)
    assert '<script type="application/json" id="data">{"keys": ["log.example+0a1b+key"]}</script>' in proofs
    assert 'id="known"' in proofs
