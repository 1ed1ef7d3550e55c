"""What a person types finds every item that has it, and nothing else, in one order on both databases."""

import os
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import yaml
from django.conf import settings
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from banjie.engine import codec
from banjie.engine.guide import Faq, Guide
from banjie.engine.not_possible import BadInput
from banjie.records.catalogue import publication
from banjie.records.catalogue.models import ProcedureVersion, SearchDocument, SearchGram
from banjie.records.catalogue.search import Hit, index, postings, rebuild, search, text
from banjie.records.catalogue.search.text import Document, Field, Rank, normal, pairs
from tests.databases import Database
from tests.records.catalogue.many_items import DAY, Item, items, queries, truth
from tests.records.conftest import AT

SOAK = bool(os.environ.get("BANJIE_SOAK"))
MANY = 20_000 if SOAK else 3_000
EVERYDAY = yaml.safe_load((Path(settings.RULEBOOK) / "search" / "everyday.yaml").read_text(encoding="utf-8"))


def filled(made: list[Item]) -> list[Item]:
    with transaction.atomic():
        postings.fill(each.document() for each in made)
    return made


def told(query: str, limit: int = 20, after: str = "") -> list[tuple[int, str]]:
    return [(hit.rank, hit.code) for hit in search(query, DAY, limit, after).items]


def of(**changes: object) -> Document:
    """A small document: a name and nothing else, if nothing else is said."""
    name, lines = str(changes.pop("name", "食品经营许可")), changes.pop("lines", [])
    assert isinstance(lines, list)
    plain = {"code": "1", "version": 1, "name": name, "english": "", "effective_from": date(2025, 1, 1), "until": None}
    return Document(**plain | {"body": text.body([(Field.NAME, name), *lines])} | changes)  # type: ignore[arg-type]


def put(*documents: Document) -> None:
    with transaction.atomic():
        postings.fill(documents)


def codes(query: str, **options: object) -> list[str]:
    return [hit.code for hit in search(query, DAY, **options).items]  # type: ignore[arg-type]


# How texts are cut


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ＡＢＣ　公司", "abc 公司"),
        ("（新办）", "(新办)"),
        ("  开\t饭店\n", "开 饭店"),
        ("开\u200b饭\x00店\ufeff", "开饭店"),
        ("㎡", "m2"),
        ("\ud800", ""),
    ],
)
def test_what_people_take_for_the_same_is_the_same(typed, meant):
    assert normal(typed) == meant


@pytest.mark.parametrize(("word", "cut"), [("食", ["食"]), ("食品", ["食品"]), ("食品食品", ["食品", "品食"])])
def test_a_word_is_cut_into_pairs(word, cut):
    assert pairs(word) == cut


TEXTS = st.text(alphabet="食品经营许可 AaＡ（-\n\u3000\x01", max_size=12)


@pytest.mark.property
@given(lines=st.lists(st.tuples(st.sampled_from(Field), TEXTS), max_size=6), data=st.data())
def test_every_word_of_a_field_can_be_looked_up_and_is_found_there(lines, data):
    body = text.body(lines)
    document = of(body=body)
    has = dict(text.grams(document))
    runs = [(field, run) for field, line in lines for run in normal(line).split()]
    if not runs:
        assert body == "" or body.isspace()
        return
    field, run = data.draw(st.sampled_from(runs))
    start = data.draw(st.integers(0, len(run) - 1))
    word = run[start : data.draw(st.integers(start + 1, len(run)))]

    assert set(pairs(word)) <= has[text.RANK.get(field, Rank.TEXT)]
    strongest, line, where = text.field_at(body, body.index(word))
    assert strongest <= field
    assert line[where:].startswith(word)


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("食品经营许可", "spjyxk"),
        ("银行", "yh"),
        ("重庆", "cq"),
        ("A4纸（复印）", "a4zfy"),
        ("长期护理", "cqhl"),
        ("，", ""),
    ],
)
def test_the_initials_of_a_name(name, letters):
    assert text.initials(name) == letters


def test_the_everyday_words_are_many_and_each_stands_for_a_name():
    assert len(EVERYDAY) >= 60
    assert len({normal(word) for word in EVERYDAY}) == len(EVERYDAY)
    assert all(names and all(isinstance(name, str) and len(name) >= 2 for name in names) for names in EVERYDAY.values())


# Against the truth


@pytest.mark.database
@pytest.mark.slow
def test_every_query_finds_what_a_reader_of_all_texts_would_find(database: Database):
    made = filled(items(MANY))
    asked = [each for length in (1, 2, 3, 4, 6) for each in queries(made, length, 40 if SOAK else 12)]
    asked += [f"{one} {two}" for one, two in zip(asked[:24], reversed(asked), strict=False)]
    asked += ["营业执照 许可", "我要开饭店", "结婚", "结婚 登记", "item 7", "LICENCE", "Ａ类", "excel", "不在任何地方"]
    asked += [made[5].name, made[7].name[:6], "%", "_", "'", "' OR 1=1 --", "\\", '"', "附件A4。"]

    for query in asked:
        with CaptureQueriesContext(connection) as statements:
            found = told(query)
        assert found == truth(made, query, EVERYDAY)[:20], query
        assert len(statements) <= 3, query


@pytest.mark.database
@pytest.mark.parametrize("query", ["许", "许可", "食品经营", "）", "申请人 食品", "开饭店", "五年。事", "结婚 许"])
def test_page_after_page_gives_everything_once(database: Database, query: str):
    made = filled(items(400))
    found: list[tuple[int, str]] = []
    after = ""
    while True:
        with CaptureQueriesContext(connection) as statements:
            page = search(query, DAY, 7, after)
        assert len(statements) <= 3
        found += [(hit.rank, hit.code) for hit in page.items]
        after = page.after
        if not after:
            break

    assert found == truth(made, query, EVERYDAY)
    assert found


@pytest.mark.database
def test_what_is_put_in_one_by_one_is_what_is_filled_at_once(database: Database):
    made = items(60, seed=3)
    changed = [replace(each, name=f"{each.name}改", aliases=("卖花",)) for each in made[::3]]
    for each in reversed(made):
        with transaction.atomic():
            postings.put(each.code, [each.document()])
    for each in changed:
        with transaction.atomic():
            postings.put(each.code, [each.document()])
    for each in made[1::3]:
        with transaction.atomic():
            postings.put(each.code, [])
    stepwise = stored()
    filled([*changed, *made[2::3]])

    assert stepwise == stored()
    assert codes("卖花") == [each.code for each in changed if each.effective_from <= DAY and each.until is None]


def stored() -> dict[tuple[str, int], list[str]]:
    """The whole index, with codes for places."""
    code_of = dict(SearchDocument.objects.values_list("place", "code"))
    assert sorted(code_of.values()) == [code_of[place] for place in sorted(code_of)]
    pieces = SearchGram.objects.values_list("gram", flat=True)
    return {key: [code_of[place] for place in places] for key, places in postings.read(set(pieces)).items()}


@pytest.mark.database
def test_where_a_gap_is_used_up_everything_gets_new_places(database: Database):
    put(of(code="1"), of(code="2"))
    between = [f"1{'0' * count}1" for count in range(20)]
    for code in between:
        with transaction.atomic():
            postings.put(code, [of(code=code)])

    assert codes("许可", limit=50) == sorted(["1", "2", *between])


# Ranking and reasons


@pytest.mark.database
def test_the_name_goes_before_aliases_initials_topics_and_text(database: Database):
    put(
        of(code="1", name="其他", lines=[(Field.CONDITION, "办理食品经营许可的人")]),
        of(code="2", name="其他", lines=[(Field.TOPIC, "食品经营许可一件事")]),
        of(code="3", name="其他", lines=[(Field.ALIAS, "办食品经营许可")]),
        of(code="4", name="小食品经营许可"),
        of(code="5", name="食品经营许可-新办"),
        of(code="6"),
        of(code="7", name="别的"),
        of(code="8", name="食品经营许可-延续", lines=[(Field.ALIAS, "食品经营许可")]),
    )

    assert codes("食品经营许可") == ["6", "5", "8", "4", "3", "2", "1"]
    assert [hit.found[0].field for hit in search("食品经营许可", DAY).items] == [
        *(["name"] * 4),
        *("alias", "topic", "condition"),
    ]


@pytest.mark.database
def test_pairs_that_stand_apart_are_not_the_word(database: Database):
    put(of(code="1", lines=[(Field.FLOW, "核查，查验，验收")]), of(code="2", lines=[(Field.FLOW, "先核查验收")]))

    assert codes("核查验收") == ["2"]


@pytest.mark.database
def test_of_several_words_each_must_be_there_and_the_weakest_ranks(database: Database):
    put(
        of(code="1", lines=[(Field.MATERIAL, "营业执照")]),
        of(code="2", lines=[(Field.ALIAS, "营业执照")]),
        of(code="3", lines=[(Field.MATERIAL, "身份证")]),
    )
    hits = search("食品　营业执照", DAY).items

    assert [(hit.code, hit.rank) for hit in hits] == [("2", Rank.ALIAS), ("1", Rank.TEXT)]
    assert [(each.word, each.field, each.text) for each in hits[1].found] == [
        ("食品", "name", "食品经营许可"),
        ("营业执照", "material", "营业执照"),
    ]


@pytest.mark.database
def test_an_everyday_word_finds_the_name_it_stands_for(database: Database):
    put(
        of(code="1", name="县级食品经营许可"),
        of(code="2", name="其他", lines=[(Field.CONDITION, "有食品经营许可")]),
        of(code="3", name="其他", lines=[(Field.QUESTION, "我想开饭店怎么办？")]),
    )
    hits = search("我想开饭店", DAY).items

    assert [(hit.code, hit.found[0].word, hit.found[0].field) for hit in hits] == [
        ("1", "开饭店", "everyday"),
        ("3", "我想开饭店", "question"),
    ]


@pytest.mark.database
@pytest.mark.parametrize("typed", ["s", "spjy", "SPJYXK", "spjyxkxb", "spjyxkxbrs"])
def test_the_first_initials_find_a_name(database: Database, typed: str):
    put(of(code="1", initials="\nspjyxkxbrsl\nkfd"), of(code="2", initials="\nypjyxk"))
    (hit,) = search(typed, DAY).items

    assert (hit.code, hit.rank, hit.found[0].field) == ("1", Rank.INITIALS, "initials")
    assert codes("kfd") == ["1"]
    assert codes("jyxk") == codes("spjyxkxbx") == []


@pytest.mark.database
def test_of_a_long_text_only_what_stands_around_is_shown(database: Database):
    put(of(lines=[(Field.FLOW, "前" * 300 + "勘验" + "后" * 300)]))
    (hit,) = search("勘验", DAY).items

    assert hit.found[0].field == "flow"
    assert "勘验" in hit.found[0].text
    assert len(hit.found[0].text) < 60


# What is asked badly


@pytest.mark.database
@pytest.mark.parametrize("query", ["", "   ", "\x00", "\u200b\u3000"])
def test_an_empty_query_finds_nothing_and_asks_nobody(database: Database, query: str):
    put(of())
    with CaptureQueriesContext(connection) as statements:
        assert search(query, DAY).items == ()

    assert len(statements) == 0


def test_a_query_is_sixty_characters_at_most():
    with pytest.raises(BadInput) as no:
        search("许" * 61, DAY)

    assert no.value.problems == [("query", "too_long")]


@pytest.mark.database
def test_sixty_characters_are_not_too_long(database: Database):
    put(of(lines=[(Field.FLOW, "许" * 61)]), of(code="2", name="长" * 60))

    assert codes("许" * 60) == ["1"]
    assert search("长" * 60, DAY).items[0].rank is Rank.EQUAL
    assert codes(" ".join("食品经营许可")) == ["1"]


@pytest.mark.parametrize("after", ["x", "1", "1.2.3", "1.x", "."])
def test_a_page_that_was_not_given_out_is_a_fault(after: str):
    with pytest.raises(ValueError, match=r"."):
        search("许可", DAY, after=after)


# What is published


@pytest.fixture
def guided(food):
    guide = Guide(
        aliases=("办食品证",),
        topics=("餐馆一件事",),
        conditions="有相适应的场所",
        flow="先现场核查再决定",
        faq=(Faq(question="要等多久？", answer="八个工作日"),),
    )
    return replace(food, guide=guide)


def published(procedure, at: datetime = AT) -> ProcedureVersion:
    """As if published, past the gate: what it asks of a procedure has tests of its own."""
    row = publication.published(uuid4(), {"at": codec.microseconds(at), "procedure": codec.to_plain(procedure)})
    row.save(force_insert=True)
    with transaction.atomic():
        index(procedure.code)
    return row


def hit_of(query: str, on: date = DAY, language: str = "zh-hans") -> Hit:
    (hit,) = search(query, on, language=language).items
    return hit


@pytest.mark.database
def test_a_published_item_is_found_by_every_part_of_its_guide(guided):
    published(guided)
    expected = {
        "食品经营": "name",
        "办食品证": "alias",
        "一件事": "topic",
        "开业前申请": "summary",
        "相适应": "condition",
        "授权委托书": "material",
        "现场核查再": "flow",
        "八个工作日": "question",
        "spjyxk": "initials",
        "bspz": "initials",
        "开饭店": "everyday",
        "Business licence": "name",
        "canteens": "summary",
    }
    fields = {query: hit_of(query).found[0].field for query in expected}

    assert fields == expected
    assert hit_of("食品", language="en").name == guided.english
    assert hit_of("食品").name == guided.name


@pytest.mark.database
def test_a_version_is_found_from_its_first_day_and_the_one_before_until_then(guided):
    published(guided)
    starts = DAY + timedelta(days=30)
    published(replace(guided, version=2, effective_from=starts, name="餐饮许可"), AT + timedelta(days=1))

    assert hit_of("食品经营许可-新办").version == 1
    assert search("餐饮许可", DAY).items == ()
    assert hit_of("餐饮许可", on=starts).version == 2
    assert search("食品经营许可-新办", starts).items == ()


@pytest.mark.database
def test_a_withdrawn_item_is_not_found_from_that_day_on(guided):
    published(guided)
    ProcedureVersion.objects.update(withdrawn_on=date(2026, 3, 5))
    with transaction.atomic():
        index(guided.code)

    assert search("食品", date(2026, 3, 5)).items == ()
    assert SearchDocument.objects.count() == SearchGram.objects.count() == 0


@pytest.mark.database
def test_what_has_ended_is_no_longer_kept(guided):
    published(guided)
    published(replace(guided, version=2, name="餐饮许可"), AT + timedelta(days=1))

    assert list(SearchDocument.objects.values_list("version", flat=True)) == [2]


@pytest.mark.database
def test_rebuilding_gives_what_publishing_gave(guided):
    published(guided)
    published(replace(guided, code=guided.code.replace("00001", "00002"), name="食品经营许可-延续"))
    published(replace(guided, version=2, effective_from=DAY + timedelta(days=30), name="餐饮许可"))
    before = stored()
    SearchDocument.objects.all().delete()

    assert rebuild() == 3
    assert stored() == before


@pytest.mark.database
def test_indexing_again_changes_nothing(guided):
    published(guided)
    with transaction.atomic(), CaptureQueriesContext(connection) as statements:
        index(guided.code)

    assert not [each for each in statements if "search" in each["sql"] and not each["sql"].startswith("SELECT")]
