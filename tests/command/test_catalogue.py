"""`banjie catalogue load`: what the rulebook has of one region; items as drafts that bind nobody yet."""

import io
import sys
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from banjie.records.accounts.models import User
from banjie.records.catalogue.models import BaseItem, Draft, Item, ListVersion
from banjie.records.organisation import load
from banjie.records.organisation.rulebook import organisation
from banjie.store.log.install import create_installation

pytestmark = pytest.mark.database

PASSWORD = "Sesame-2026-opens"
KEPT = ("access.yaml", "grounds.yaml", "base-items.yaml", "regions", "lists/999921.yaml")
ITEMS = ("sole-trader-deregistration", "sole-trader-deregistration-yunxi")
FOUNDED = ("--reason", "首次编制", "--notice", "政务公开〔2026〕1号")


def organised() -> None:
    create_installation(demo=False)
    load.load(organisation(Path(settings.RULEBOOK) / "organisation" / "demo.yaml"))


@pytest.fixture
def take_in(database, banjie, tmp_path, monkeypatch) -> Any:
    """The command in a real installation whose rulebook has one item of each of two counties."""
    database.filled("organised-for-real", partial(organised))
    keeper = User.objects.get(username="zhuangyan")
    keeper.set_password(PASSWORD)
    keeper.save()
    whole, mine = Path(settings.RULEBOOK), tmp_path / "rulebook"
    for name in (*KEPT, *(f"items/{each}.yaml" for each in ITEMS)):
        (mine / name).parent.mkdir(parents=True, exist_ok=True)
        (mine / name).symlink_to(whole / name)
    monkeypatch.setattr(settings, "RULEBOOK", mine)

    def run(*options: str, by: str = "zhuangyan", password: str = PASSWORD) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.StringIO(f"{password}\n"))
        found: tuple[int, str, str] = banjie("catalogue", "load", "--by", by, *options)
        return found

    run.__dict__["items"] = mine / "items"
    return run


def test_a_region_takes_in_what_is_its_own_and_the_second_time_nothing(take_in):
    assert take_in("--dry-run")[0] == 0
    assert not BaseItem.objects.exists()

    code, out, err = take_in(*FOUNDED)

    assert (code, err) == (0, "")
    draft = Draft.objects.get()
    assert (draft.region, draft.code[:18]) == ("999921", "11999921009900208U")
    assert Item.objects.get().region == "999921"
    assert BaseItem.objects.filter(code="000731001000").exists()
    assert set(ListVersion.objects.values_list("region", flat=True)) == {"999921"}
    assert "+ draft" in out
    assert "Nothing is new. Nothing was changed." in take_in(*FOUNDED)[1]
    assert Draft.objects.count() == 1


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"by": "zhouning"}, "catalogue_keeper"),
        ({"by": "nobody"}, "catalogue_keeper"),
        ({"password": "wrong"}, "name and password"),
    ],
)
def test_nobody_but_a_keeper_who_has_shown_who_they_are_takes_anything_in(take_in, options, told):
    code, _, err = take_in(*FOUNDED, **options)

    assert (code, told in err) == (1, True)
    assert not BaseItem.objects.exists()


def test_a_list_is_founded_with_a_reason_and_a_notice(take_in):
    code, _, err = take_in("--reason", "首次编制")

    assert code == 1
    assert "--notice" in err
    assert not ListVersion.objects.exists()


def test_every_faulty_file_is_named_and_nothing_is_taken_in(take_in):
    for number, (old, new) in enumerate((("receives: hall-window", "receives: nowhere"), ("visits: 0", "visitz: 0"))):
        text = (take_in.items / f"{ITEMS[0]}.yaml").read_text(encoding="utf-8")
        (take_in.items / f"bad-{number}.yaml").write_text(text.replace(old, new), encoding="utf-8")

    code, _, err = take_in(*FOUNDED)

    assert code == 1
    assert "bad-0.yaml: the organisation has no unit 'nowhere'" in err
    assert "bad-1.yaml" in err
    assert "visitz" in err
    assert not Draft.objects.exists()
    assert not BaseItem.objects.exists()
