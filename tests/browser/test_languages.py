"""Chinese is complete and the default; English is complete, switched to with one press, and remembered."""

import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import polib
import pytest
import yaml
from django.conf import settings
from django.test import Client

import banjie
from banjie.demo.people import PEOPLE
from banjie.engine.guide import Guide
from banjie.web import parts
from tests.browser import pages
from tests.browser.county import NOTICE, REASON, ROUND
from tests.browser.visits import Visits
from tests.county import FOOD, County
from tools.check_templates import untranslated_words

CHINESE = re.compile(r"[\u3400-\u9fff]+")
PACKAGE = Path(banjie.__file__).parent
PO = PACKAGE / "web" / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"


class Nodes(HTMLParser):
    """The texts of a page that no element says are Chinese, and the attributes that are read out."""

    EMPTY = frozenset({"br", "hr", "img", "input", "link", "meta", "source", "wbr", "path", "rect", "circle", "line"})
    READ = ("title", "alt", "placeholder", "aria-label")

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._chinese = [False]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        is_said = (given.get("lang") or "").startswith("zh") and given.get("class") != "zh"  # that mark is no excuse
        is_chinese = is_said or tag in ("script", "style") or self._chinese[-1]
        if not is_chinese:
            self.texts += [given[name] or "" for name in self.READ if name in given]
        if tag not in self.EMPTY:
            self._chinese.append(is_chinese)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in self.EMPTY:
            self._chinese.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.EMPTY and len(self._chinese) > 1:
            self._chinese.pop()

    def handle_data(self, data: str) -> None:
        if not self._chinese[-1] and data.strip():
            self.texts.append(" ".join(data.split()))


@cache
def content() -> str:
    """What is Chinese by nature: items, units, laws and places of the rulebook, names, the glosses in our English."""
    told = [path.read_text(encoding="utf-8") for path in sorted(Path(settings.RULEBOOK).rglob("*.yaml"))]
    told += [path.read_text(encoding="utf-8") for path in sorted((PACKAGE / "demo").glob("*.py"))]
    told += [entry.msgid for entry in polib.pofile(str(PO))]
    told += [(PACKAGE / "words" / "en.yaml").read_text(encoding="utf-8"), ROUND, NOTICE, REASON, Guide().edition]
    return "\n".join([*told, *composed(), *(each.name for each in PEOPLE)])


def composed() -> Iterator[str]:
    """What the rulebook's words make together: the numbers of papers (机关代字) and the names on seals."""

    def read(path: str) -> Any:
        return yaml.safe_load((Path(settings.RULEBOOK) / path).read_text(encoding="utf-8"))

    papers, offices = (
        read("papers/kinds.yaml"),
        {each["id"]: each for each in read("organisation/demo.yaml")["agencies"]},
    )
    for begins in (each[name] for each in offices.values() for name in ("paper_prefix", "name")):
        yield from (f"{begins}{each['word']}字" for each in papers["kinds"].values())
    for path in sorted((Path(settings.RULEBOOK) / "seals").glob("9*.yaml")):
        yield from (f"{offices[each['agency']]['name']}{each['title']}" for each in read(f"seals/{path.name}")["seals"])


@cache
def ours() -> frozenset[str]:
    """The Chinese of our own pages and of the catalogue of words: on an English page it stands there by mistake."""
    said = {entry.msgstr for entry in polib.pofile(str(PO)) if entry.msgid != entry.msgstr}

    def leaves(value: object) -> list[str]:
        if isinstance(value, dict):
            return [leaf for each in value.values() for leaf in leaves(each)]
        return [value] if isinstance(value, str) else []

    words = yaml.safe_load((PACKAGE / "words" / "zh-Hans.yaml").read_text(encoding="utf-8"))
    return frozenset(each for each in {*said, *leaves(words)} if CHINESE.search(each))


def left_in_chinese(html: str) -> list[str]:
    """The texts of an English page that are ours and Chinese, or Chinese and nobody's content."""
    reader = Nodes()
    reader.feed(html)
    known = content()
    return [
        text for text in reader.texts
        if CHINESE.search(text) and ((text in ours() and text not in known) or any(
            len(run) > 1 and run not in known for run in CHINESE.findall(text)
        ))
    ]  # fmt: skip


@pytest.mark.parametrize(
    "part", ["portal", "cases and items", "account", "hall", "desk", "item administration", "watching"]
)
def test_an_english_page_says_nothing_of_its_own_in_chinese(told: County, part: str) -> None:
    prefixes = {
        "portal": ("",), "cases and items": ("items/", "cases/"), "account": ("account/",), "hall": ("hall/",),
        "desk": ("desk/", "desk/cases/"), "item administration": ("desk/items/",), "watching": pages.WATCHING,
    }  # fmt: skip
    found = []
    for page in pages.of(told, *prefixes[part], language="en"):
        if page.name == "styleguide":
            continue  # its samples are Chinese
        assert '<html lang="en"' in page.html, str(page)
        found += [f"{page}: {text}" for text in left_in_chinese(page.html)]

    assert found == []


def test_a_word_that_nobody_translated_is_found() -> None:
    assert left_in_chinese("<p>Granted</p><p>这里忘了翻译</p>") == ["这里忘了翻译"]
    assert left_in_chinese('<p title="准予许可的结果页面">x</p>') == ["准予许可的结果页面"]
    assert left_in_chinese('<p lang="zh-Hans">这里忘了翻译</p>') == []
    assert left_in_chinese(parts.marked("<p>这里忘了翻译</p>")) == ["这里忘了翻译"]


def test_a_word_that_is_not_marked_for_translation_is_found_in_a_template() -> None:
    source = """{% load i18n %}<p title="Look">{% translate "Fine" %} PDF {{ name }}</p>
<label>办件</label>{% blocktranslate %}Fine <b>too</b>{% endblocktranslate %}<p>Forgotten</p>"""

    assert list(untranslated_words(source)) == [(1, '"Look"'), (2, "办件"), (2, "Forgotten")]


def test_chinese_is_spoken_to_whoever_has_chosen_nothing_else(county: County) -> None:
    for spoken in ("", "zh-CN", "zh-TW,zh;q=0.9", "de", "en-US,en;q=0.9"):
        page = Client(headers={"accept-language": spoken} if spoken else None).get("/").content.decode()
        assert '<html lang="zh-Hans"' in page, spoken


def test_english_is_chosen_once_and_remembered_by_browser_and_person(county: County, visits: Visits) -> None:
    page = visits.open("officer", scripts=False)
    page.goto("/desk/")

    page.get_by_role("button", name="English").click()
    page.get_by_role("heading", level=1).wait_for()
    chosen = page.locator("html").get_attribute("lang")
    page.goto(f"/items/{county.code(FOOD)}/")
    elsewhere = page.locator("html").get_attribute("lang")

    assert (chosen, elsewhere) == ("en", "en")
    assert county.user("officer").language == "en"
    assert page.get_by_role("button", name="简体中文").count() == 1


def test_a_guide_says_in_english_what_is_chinese_and_is_untouched_in_chinese(county: County) -> None:
    address = f"/items/{county.code(FOOD)}/"

    reader = Client()
    reader.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    english = reader.get(address)
    chinese = Client().get(address)

    assert english.content.decode().count(parts.MARK) > 10
    assert int(english.headers["Content-Length"]) == len(english.content)
    assert 'class="zh"' not in chinese.content.decode()
