"""`banjie organisation load`: a county's own file, every fault at once, nothing by halves, nothing by one alone."""

import io
import sys
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from banjie.engine.not_possible import BadInput
from banjie.records.accounts import follow, keeping, password_rules
from banjie.records.accounts.models import Kind, TrailLine, User
from banjie.records.organisation import grants, queries
from banjie.records.organisation.models import Agency, Delegation, Grant, Staff, Unit
from banjie.store.log import read
from banjie.web import clock

pytestmark = pytest.mark.database

AGENCIES = """\
regions:
  - {code: "999930", name: 清水市}
  - {code: "999931", name: 清水县, parent: "999930"}
agencies:
  - id: approval-bureau
    region: "999931"
    name: 清水县行政审批局
    english: Approval Bureau
    credit_code: 11999931009900208B
    government: 清水县人民政府
    reconsideration: 清水县人民政府
    court: 清水县人民法院
    units:
      - {id: hall-window, name: 综合受理窗口}
      - {id: licensing, name: 许可审批股}
window_types:
  - {id: general, name: 综合窗口}
windows:
  - {id: hall-1, unit: hall-window, type: general, name: 1号窗口}
"""
STAFF = """\
staff:
  - {username: wenjing, name: 文静, english: Wen Jing, unit: hall-window, posts: [clerk], since: 2024-01-02}
  - {username: shensi, name: 沈思, english: Shen Si, unit: licensing, posts: [officer], since: 2024-01-02}
  - {username: qiuming, name: 邱明, english: "", unit: licensing, posts: [officer], since: 2024-01-02}
  - {username: tanghe, name: 唐和, english: "", unit: licensing, posts: [decider], since: 2024-01-02}
delegations:
  - {leaver: shensi, joiner: qiuming, since: 2024-02-01, until: 2024-02-05}
"""
PASSWORD = "Sesame-2026-opens"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The county's files."""
    kept = tmp_path / "county"
    kept.mkdir()
    (kept / "1-agencies.yaml").write_text(AGENCIES, encoding="utf-8")
    (kept / "2-staff.yaml").write_text(STAFF, encoding="utf-8")
    return kept


@pytest.fixture
def security(house) -> tuple[User, User]:
    """Two security administrators who have passwords of their own."""
    one, two = (User.objects.create_user(name, PASSWORD, Kind.SECURITY) for name in ("anquan", "baomi"))
    return one, two


@pytest.fixture
def load(banjie, folder, security, monkeypatch):
    """The command, with the password typed."""

    def run(*options: str, password: str = PASSWORD) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.StringIO(f"{password}\n"))
        found: tuple[int, str, str] = banjie("organisation", "load", str(folder), *options)
        return found

    return run


def loaded() -> list[str]:
    return [entry.kind for stream in read.streams("organisation") for entry in read.entries(stream)]


def edit(folder: Path, *changes: tuple[str, str]) -> None:
    for path in folder.iterdir():
        text = path.read_text(encoding="utf-8")
        for old, new in changes:
            text = text.replace(old, new)
        path.write_text(text, encoding="utf-8")


def test_everybody_gets_a_code_for_the_first_sign_in_and_a_post_that_decides_waits_for_a_second_person(
    load, security, tmp_path
):
    codes = tmp_path / "codes"

    code, out, err = load("--by", "anquan", "--codes", str(codes))

    assert code == 0, err
    assert codes.stat().st_mode & 0o777 == 0o600
    told = dict(line.split() for line in codes.read_text().splitlines())
    assert set(told) == {"wenjing", "shensi", "qiuming", "tanghe"}
    assert not any(each in out + err for each in told.values())
    for name, text in told.items():
        user = User.objects.get(username=name)
        assert user.check_password(text)
        assert password_rules.is_outdated(user, clock.now(), 0, is_demo=False), "another one is set first"
    wenjing = queries.actor_of(User.objects.get(username="wenjing"))
    assert wenjing is not None
    assert (wenjing.posts, wenjing.unit) == ({"clerk"}, "hall-window")
    tanghe = User.objects.get(username="tanghe")
    assert queries.actor_of(tanghe) is None
    assert "once another security administrator has confirmed decider" in out
    assert Delegation.objects.get().joiner.user.username == "qiuming"

    grant = Grant.objects.get(person=tanghe.pseudonym)
    grants.confirm(security[1], grant.stream, clock.now(), uuid4())
    grants.carry_out_due(clock.now() + timedelta(hours=24))

    assert queries.in_office(clock.today() + timedelta(days=1)).get(user=tanghe).posts == ["decider"]
    assert Staff.objects.get(user__username="wenjing").since == clock.today()
    assert queries.display_name(User.objects.get(username="shensi").pseudonym, "en") == "Shen Si"
    assert loaded() == ["loaded"]


def test_the_same_file_again_changes_nothing_and_says_so(load):
    load("--by", "anquan")
    facts = [
        (entry.stream, entry.position)
        for kind in ("organisation", "grant", "account")
        for stream in read.streams(kind)
        for entry in read.entries(stream)
    ]

    code, out, _ = load("--by", "anquan", password="")

    assert code == 0
    assert "Everything stands as the file has it. Nothing was changed." in out
    assert "tanghe waits for another security administrator" in out
    assert facts == [
        (entry.stream, entry.position)
        for kind in ("organisation", "grant", "account")
        for stream in read.streams(kind)
        for entry in read.entries(stream)
    ]


def test_a_changed_file_says_what_will_change_before_it_does(load, folder):
    load("--by", "anquan")
    gone = clock.today() - timedelta(days=1)
    edit(
        folder,
        ("许可审批股", "行政许可股"),
        ("posts: [clerk]", "posts: [clerk, agent]"),
        ("name: 邱明", "name: 邱铭"),
        (
            "unit: licensing, posts: [officer], since: 2024-01-02}\n  - {username: tanghe",
            f"unit: licensing, posts: [officer], since: 2024-01-02, until: {gone}}}\n  - {{username: tanghe",
        ),
    )

    shown = load("--dry-run")[1]
    assert Unit.objects.get(id="licensing").name == "许可审批股"
    code, out, _ = load("--by", "anquan")

    assert code == 0
    for line in (
        "~ unit licensing: name 许可审批股 -> 行政许可股",
        "~ posts wenjing: agent, clerk in hall-window, at once",
        "~ name qiuming: name 邱明 -> 邱铭",
        "- posts qiuming: no longer officer",
    ):
        assert line in shown
        assert line in out
    assert Unit.objects.get(id="licensing").name == "行政许可股"
    assert Staff.objects.get(user__username="qiuming").posts == []
    assert Staff.objects.get(user__username="wenjing").posts == ["agent", "clerk"]
    assert loaded() == ["loaded", "loaded"]
    assert "Everything stands" in load()[1]


def test_no_page_gives_posts_that_exclude_one_another_either(load, security):
    load("--by", "anquan")
    wenjing = User.objects.get(username="wenjing")

    with pytest.raises(BadInput) as no:
        grants.propose(security[0], wenjing, "licensing", ["decider", "seal_keeper"], clock.now(), uuid4())

    assert no.value.problems == [("posts", "posts_apart")]


def test_a_last_day_holds_and_goes_through_a_grant(load, folder):
    until = clock.today() + timedelta(days=3)
    edit(folder, ("posts: [clerk], since: 2024-01-02", f"posts: [clerk], since: 2024-01-02, until: {until}"))

    load("--by", "anquan")

    wenjing = User.objects.get(username="wenjing")
    assert queries.actor_of(wenjing, until) is not None
    assert queries.actor_of(wenjing, until + timedelta(days=1)) is None


def test_who_does_not_decide_stands_in_for_nobody_who_does(load, folder):
    edit(folder, ("leaver: shensi", "leaver: tanghe"))
    load("--by", "anquan")
    tanghe = User.objects.get(username="tanghe")
    Staff.objects.filter(user=tanghe).update(posts=["decider"], until=None)

    out = load("--by", "anquan")[1]

    assert "qiuming does not stand in for tanghe without holding decider, too" in out
    assert not Delegation.objects.exists()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("009900208B", "009900208C", "1-agencies.yaml:5: agencies: approval-bureau: credit_code"),
        ('parent: "999930"', 'parent: "999950"', "1-agencies.yaml:3: regions: 999931: no region 999950"),
        ('code: "999930"', 'code: "99993"', "1-agencies.yaml:2: regions: 99993: a code has 6, 9 or 12 digits"),
        ("name: 许可审批股", "name: 综合受理窗口", "the name 综合受理窗口 stands twice in one agency"),
        ("{id: licensing,", "{id: hall-window,", "unit hall-window: twice in the file"),
        ("username: shensi", "username: wenjing", "2-staff.yaml:3: staff: wenjing: twice in the file"),
        ("username: wenjing", "username: Wenjing", "2-staff.yaml:2: staff: Wenjing: a user name is"),
        ("username: wenjing", "username: anquan", "administrators and applicants hold no post"),
        ("unit: hall-window, posts", "unit: nowhere, posts", "staff: wenjing: no unit nowhere"),
        ("[clerk]", "[emperor]", "staff: wenjing: no such post ['emperor']"),
        ("[decider]", "[decider, seal_keeper]", "staff: tanghe: seal_keeper and decider exclude one another"),
        ("since: 2024-01-02}", "sinze: 2024-01-02}", "2-staff.yaml:2: staff: StaffEntry: unknown ['sinze']"),
        ("joiner: qiuming", "joiner: nobody", "2-staff.yaml:7: delegations: nobody is called nobody"),
        ("joiner: qiuming", "joiner: shensi", "cannot stand in for themselves"),
        ("type: general", "type: special", "windows: hall-1: no type special"),
        ("windows:", "windous:", "windous is no section"),
        ("court: 清水县人民法院", 'court: ""', "approval-bureau: court is needed"),
        ("    units:", f"    paper_prefix: {'清' * 21}\n    units:", "paper_prefix is longer than 20 characters"),
        ("name: 清水市}", f"name: {'市' * 61}}}", "regions: 999930: name is longer than 60 characters"),
        ("staff:\n", "staff: [\n", "2-staff.yaml: while parsing"),
    ],
)
def test_a_fault_is_said_with_its_place_and_nothing_is_changed(load, folder, old, new, told):
    edit(folder, (old, new))

    code, _, err = load("--by", "anquan")

    assert code == 1
    assert told in err
    assert err.endswith("Mend them and load it again. Nothing was changed.\n")
    assert not Agency.objects.filter(credit_code="11999931009900208B").exists()
    assert not User.objects.filter(username__in=("wenjing", "shensi")).exists()
    assert loaded() == []


def test_an_agency_has_a_prefix_of_its_own_for_its_papers(load, folder):
    edit(folder, ("    units:", "    paper_prefix: 清水审\n    units:"))
    assert load("--by", "anquan")[0] == 0
    agency = Agency.objects.get(credit_code="11999931009900208B")
    assert agency.paper_prefix == "清水审"
    assert "Everything stands" in load()[1]

    edit(folder, ("清水审", "清审"))
    assert "~ agency approval-bureau: paper_prefix 清水审 -> 清审" in load("--by", "anquan")[1]

    text = (folder / "1-agencies.yaml").read_text(encoding="utf-8")
    for old, new in (("approval-bureau", "other"), ("清水县行政审批局", "清水县某局"), ("00208B", "00208C")):
        text = text.replace(old, new)
    for old in ("hall-window", "licensing", "hall-1"):
        text = text.replace(old, f"other-{old}")
    (folder / "1-agencies.yaml").write_text(text, encoding="utf-8")
    assert "other: paper_prefix 清审 is that of approval-bureau" in load("--by", "anquan")[2]


def test_every_fault_is_said_in_one_go_and_no_number_of_a_person_is(load, folder):
    number = "110101199003071234"
    edit(
        folder,
        ("009900208B", "009900208C"),
        ("[clerk]", "[emperor]"),
        ("name: 沈思", f"name: 沈思{number}"),
        ("username: tanghe", f"username: t{number}"),
        ("leaver: shensi", f"leaver: t{number}0"),
    )

    err = load("--by", "anquan")[2]

    assert "5 faults" in err or "6 faults" in err
    assert number not in err


def test_who_stands_in_works_for_the_same_agency(load, folder):
    other = AGENCIES[AGENCIES.index("  - id:") : AGENCIES.index("window_types")]
    for old, new in (
        ("approval-bureau", "health"),
        ("审批局", "卫健局"),
        ("hall-window", "ward"),
        ("licensing", "lab"),
        ("11999931009900208B", "119999310099001010"),
    ):
        other = other.replace(old, new)
    edit(
        folder,
        ("window_types", f"{other}window_types"),
        ('邱明, english: "", unit: licensing', '邱明, english: "", unit: lab'),
    )

    err = load("--by", "anquan")[2]

    assert "qiuming works for another agency than shensi" in err


def test_nobody_loads_it_who_has_not_shown_to_be_a_security_administrator(load, house, security):
    User.objects.create_user("hecha", PASSWORD, Kind.AUDIT)
    fresh = User.objects.create_user("anxin", kind=Kind.SECURITY)
    once = keeping.for_once(fresh)

    for options, password in (
        (("--by", "anquan"), "wrong"),
        (("--by", "hecha"), PASSWORD),
        (("--by", "nobody"), PASSWORD),
        (("--by", "anxin"), once),
        ((), PASSWORD),
    ):
        code, _, err = load(*options, password=password)
        assert (code, err.endswith("Nothing was changed.\n")) == (1, True)
    assert not Agency.objects.filter(credit_code="11999931009900208B").exists()


def test_a_file_of_codes_that_is_there_is_never_written_over(load, tmp_path):
    kept = tmp_path / "codes"
    kept.write_text("mine")

    code, _, err = load("--by", "anquan", "--codes", str(kept))

    assert (code, kept.read_text()) == (1, "mine")
    assert "name another file" in err
    assert not Agency.objects.filter(credit_code="11999931009900208B").exists()


def test_the_audit_reads_that_it_was_loaded_and_by_whom(load, security):
    load("--by", "anquan")

    follow.rebuild()

    lines = TrailLine.objects.filter(kind="organisation")
    assert [(each.event, each.actor) for each in lines] == [("loaded", security[0].pseudonym)]


def test_a_demo_founds_its_own_county(demo, banjie, folder):
    assert banjie("organisation", "load", str(folder))[0] == 1
    assert not Agency.objects.filter(credit_code="11999931009900208B").exists()
