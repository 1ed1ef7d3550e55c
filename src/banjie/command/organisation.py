"""`banjie organisation load PATH --by USER`: a county's agencies, units, windows and officers, from the file it keeps.

Every fault is said in one go, with file and line, and then nothing is changed. What would change is said before
anything does; the password of the security administrator in whose name it happens is the consent to it.
"""

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from banjie import words
from banjie.command import consent, prepare
from banjie.engine.codec import OFFICE_ZONE
from banjie.engine.not_possible import NotPossible
from banjie.records.accounts.models import Kind, User
from banjie.records.organisation import changing
from banjie.records.organisation.changing import Change, ChangedMeanwhile, Plan, Post
from banjie.records.organisation.file import BadOrganisation, File, opened
from banjie.store.log import queries
from banjie.web import clock

LANGUAGE = "en"
"""Of what a terminal says."""
FIELDS = {"unit_id": "unit", "type_id": "type", "region_id": "region", "agency_id": "agency", "parent_id": "parent"}
CODES = """\
Each holds once: its owner sets a password with it, then a second
factor (BANJIE_SECOND_FACTOR_POSTS), before anything else. Hand each line to its owner alone: it is shown this once."""


def run(given: argparse.Namespace) -> int:
    """Say what is wrong or what changes, and do it; 1 where nothing could be done."""
    prepare.database()
    known = queries.find_installation()
    if known is not None and known.demo:
        return _no("A demo founds its own county. Nothing was changed.")
    try:
        file = opened(Path(given.path))
        shown = changing.plan(file, clock.now().astimezone(OFFICE_ZONE).date())
        for line in _lines(file, shown):
            print(line)
        if shown.is_empty or given.dry_run:
            empty = "Everything stands as the file has it." if shown.is_empty else "This is what loading it would do."
            print(f"{empty} Nothing was changed.")
            return 0
        by = consent.of(given.by, Kind.SECURITY, "security administrator")
        return _carried_out(by, file, shown, given.codes) if by else 1
    except BadOrganisation as bad:
        count = len(bad.faults)
        every = "\n".join([*bad.faults, f"{count} fault{'s' if count > 1 else ''}. Mend them and load it again."])
        return _no(f"{every} Nothing was changed.")
    except ChangedMeanwhile:
        return _no("The installation has changed since this was shown. Load the file again. Nothing was changed.")
    except FileExistsError:
        return _no(f"{given.codes} is there already: name another file for the codes. Nothing was changed.")
    except NotPossible as no:
        told = words.refusal(no, LANGUAGE)
        return _no(f"{told.what} {told.next} Nothing was changed.")


def _carried_out(by: User, file: File, shown: Plan, codes: str) -> int:
    with _sheet(codes if shown.accounts else "") as sheet:
        made = changing.carry_out(by, file, shown, clock.now())
        sheet.writelines(f"{user.username:<30} {code}\n" for user, code in made)
    if made:
        where = f" stand in {codes}" if codes else ""
        print(f"{len(made)} codes for the first sign-in{where}. {CODES}", file=sys.stderr)
    print(f"Done, and recorded in the name of {by.username}.")
    if any(each.slow for each in shown.posts):
        print("What waits is confirmed on /administration/ by another security administrator.")
    return 0


@contextmanager
def _sheet(path: str) -> Iterator[IO[str]]:
    """Where the codes go: the terminal, or a new file for its owner alone, which is gone if nothing was done."""
    if not path:
        yield sys.stdout
        return
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as sheet:
        try:
            yield sheet
        except BaseException:
            Path(path).unlink()
            raise


def _lines(file: File, shown: Plan) -> Iterator[str]:
    given = file.organisation
    units = sum(len(each.units) for each in given.agencies)
    yield (
        f"{len(given.regions)} regions, {len(given.agencies)} agencies, {units} units, {len(given.windows)} windows, "
        f"{len(given.staff)} members of staff. No fault."
    )
    for change in (*shown.structure, *shown.names, *shown.delegations):
        yield _change(change)
    for entry in shown.accounts:
        yield f"+ account {entry.username} {entry.name}"
    for post in shown.posts:
        yield _post(post)
    for who, why in shown.later:
        yield f". {who} {why}"
    if shown.unnamed:
        yield f". {shown.unnamed} members of staff are not in the file and keep their posts: who leaves gets an `until`"


def _change(change: Change) -> str:
    if change.before is None:
        name = change.after.get("name", f"from {change.after.get('since')} to {change.after.get('until')}")
        return f"+ {change.what} {change.id} {name}"
    what = [
        f"{FIELDS.get(each, each)} {_said(change.before[each])} -> {_said(change.after[each])}"
        for each in change.differing
    ]
    return f"~ {change.what} {change.id}: {'; '.join(what)}"


def _said(value: object) -> str:
    return ", ".join(map(str, value)) or "-" if isinstance(value, list | tuple) else str(value or "-")


def _post(post: Post) -> str:
    if not post.after.posts:
        return f"- posts {post.username}: no longer {_said(post.before.posts)}"
    when = "at once"
    if post.slow:
        later = f", and {post.hours} hours later" if post.hours else ""
        when = f"once another security administrator has confirmed {_said(post.slow)}{later}"
    until = f", until {post.after.until}" if post.after.until else ""
    sign = "~" if post.before.posts else "+"
    return f"{sign} posts {post.username}: {_said(post.after.posts)} in {post.after.unit}{until}, {when}"


def _no(text: str) -> int:
    print(text, file=sys.stderr)
    return 1
