"""A county that stands is founded again by a changed rulebook: what it says otherwise follows as the next version."""

import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings as configured
from structlog.testing import capture_logs

from banjie.cases import rebuild
from banjie.cases.models import Case
from banjie.cases.scope import whole_house
from banjie.command import prepare
from banjie.demo import county as demo
from banjie.records import catalogue
from banjie.records.accounts.models import User
from banjie.records.catalogue import publication
from banjie.records.catalogue.models import BaseItem, ProcedureVersion, UpstreamChange
from banjie.records.organisation.queries import pseudonym_of
from banjie.store.log.models import Entry
from banjie.store.log.verify import verify
from banjie.web import clock
from tests.county import FOOD, County
from tests.faces.cases import filed

pytestmark = pytest.mark.database


@pytest.fixture
def rulebook(settings, tmp_path) -> Path:
    """A copy of the rulebook that may be changed."""
    copy = tmp_path / "rulebook"
    shutil.copytree(configured.RULEBOOK, copy)
    settings.RULEBOOK = copy
    return copy


def changed(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def versions(code: str) -> list[int]:
    return list(ProcedureVersion.objects.filter(code=code).order_by("version").values_list("version", flat=True))


def again() -> list[dict]:
    with capture_logs() as lines:
        demo.found(clock.now())
    return [each for each in lines if each["event"] != "request"]


def test_a_county_founded_again_by_the_same_rulebook_gains_no_fact(county: County):
    before = Entry.objects.count()

    lines = again()

    assert (Entry.objects.count(), lines) == (before, [])


def test_a_start_looks_at_an_unchanged_rulebook_and_founds_nothing(
    county: County, rulebook, django_assert_num_queries
) -> None:
    demo.found_once(clock.now())

    with django_assert_num_queries(1):
        demo.found_once(clock.now())
    changed(rulebook / "items" / f"{FOOD}.yaml", "summary: ", "summary: 修订：")
    demo.found_once(clock.now())

    assert versions(county.code()) == [1, 2]


def test_what_changed_under_the_same_number_is_published_as_the_next_version_from_today(county: County, rulebook):
    code, summary = county.code(), county.law().procedure.summary
    changed(rulebook / "items" / f"{FOOD}.yaml", "summary: ", "summary: 修订：")
    county.move_to(clock.now() + timedelta(days=3))

    (line,) = again()

    assert (line["event"], line["item"], line["version"]) == ("next_version_published", code, 2)
    assert versions(code) == [1, 2]
    assert county.law().procedure.summary.startswith("修订：")
    assert county.law().procedure.effective_from == clock.today()
    assert catalogue.law(code, 1).procedure.summary == summary
    assert again() == []
    assert not list(verify())


def test_a_running_case_keeps_the_version_it_was_filed_under(county: County, rulebook):
    stream = filed(county).stream
    changed(rulebook / "items" / f"{FOOD}.yaml", "summary: ", "summary: 修订：")

    again()

    assert county.view(stream).state.procedure_version == 1


def test_what_somebody_published_by_hand_stays_and_one_line_says_so(county: County, rulebook):
    code = county.code()
    by_hand = replace(county.law().procedure, version=2, summary="由本县修订的说明")
    signed = {
        office: pseudonym_of(each)
        for office, each in zip(publication.OFFICES, ("zhuangyan", "miaoli", "xiongtao"), strict=True)
    }
    catalogue.publish(by_hand, pseudonym_of("zhuangyan"), clock.now(), uuid4(), signed)
    changed(rulebook / "items" / f"{FOOD}.yaml", "summary: ", "summary: 修订：")

    lines = again()

    assert [(each["event"], each["item"], each["version"]) for each in lines] == [("published_version_stays", code, 2)]
    assert county.law().procedure.summary == "由本县修订的说明"


def test_what_the_gate_refuses_today_leaves_the_published_version(county: County, rulebook):
    code = county.code()
    changed(rulebook / "items" / f"{FOOD}.yaml", "statutory_limit: ", "statutory_limit: 9")

    (line,) = again()

    assert (line["event"], line["item"], line["version"], line["log_level"]) == (
        "published_version_stays",
        code,
        1,
        "warning",
    )
    assert line["reason"]
    assert versions(code) == [1]


def test_a_changed_base_item_is_declared_as_its_next_version_and_its_keepers_are_told(county: County, rulebook):
    base = BaseItem.objects.get(code=county.code()[19:31])
    name = base.fields["guide.item_name"]
    changed(rulebook / "base-items.yaml", f"guide.item_name: {name}", f"guide.item_name: {name}（修订）")

    again()

    row = BaseItem.objects.get(code=base.code)
    assert (row.version, row.fields["guide.item_name"]) == (base.version + 1, f"{name}（修订）")
    assert UpstreamChange.objects.filter(item__base=row, version=row.version, settled_on=None).exists()


def test_passwords_and_names_that_people_changed_stay(county: County):
    user = User.objects.get(username="shanju")
    user.set_password("Ganz-anders-2026")
    user.save(update_fields=["password"])

    again()

    assert User.objects.get(username="shanju").check_password("Ganz-anders-2026")


def test_a_migration_that_adds_derived_columns_fills_them_in_from_the_histories(county: County, monkeypatch, capsys):
    stream = filed(county).stream
    with whole_house("a test sets back what a migration would have added"):
        Case.objects.everything().update(materials=0)
    assert list(rebuild.differences())

    prepare.fill_in({("cases", "0005_what_is_counted")})

    assert not list(rebuild.differences())
    assert "1 case" in capsys.readouterr().out
    assert county.view(stream)


def test_other_migrations_rebuild_nothing(county: County, capsys):
    prepare.fill_in({("demo", "0001_the_telling")})

    assert capsys.readouterr().out == ""
