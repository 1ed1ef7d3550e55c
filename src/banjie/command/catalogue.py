"""`banjie catalogue load --by KEEPER`: base items, lists and items of the keeper's region, from the rulebook.

The items become drafts, which three offices sign on their pages before they bind anybody.
"""

import argparse
import sys
from collections.abc import Iterator

from banjie import words
from banjie.command import consent, prepare
from banjie.engine.not_possible import NotPossible
from banjie.faces.desk.items.organisation import as_loaded
from banjie.records.accounts.models import Kind, User
from banjie.records.catalogue import drafts, taking_in
from banjie.records.catalogue.taking_in import BadCatalogue, New
from banjie.records.organisation import access
from banjie.records.organisation.queries import actor_of, pseudonym_of
from banjie.store.log import queries
from banjie.web import clock

LANGUAGE = "en"
"""Of what a terminal says."""


def run(given: argparse.Namespace) -> int:
    """Say what is wrong or what is new, and take it in; 1 where nothing could be done."""
    prepare.database()
    known = queries.find_installation()
    if known is not None and known.demo:
        return _no("A demo founds its own catalogue. Nothing was changed.")
    named = User.objects.filter(username=given.by.strip().lower(), kind=Kind.STAFF, is_active=True).first()
    keeper = actor_of(named) if named else None
    if keeper is None or drafts.KEEPER not in keeper.posts:
        return _no("Say --by USER: somebody who keeps a region's catalogue (catalogue_keeper). Nothing was changed.")
    region = access.region_of(keeper.unit)
    try:
        found = taking_in.new(region, as_loaded(), pseudonym_of)
    except BadCatalogue as bad:
        return _no("\n".join([*bad.faults, "Mend the files and load them again. Nothing was changed."]))
    for line in _lines(found):
        print(line)
    if found.is_empty or given.dry_run:
        print("Nothing is new. Nothing was changed." if found.is_empty else "Nothing was changed.")
        return 0
    if found.lists and not (given.reason.strip() and given.notice.strip()):
        return _no("A list is founded with --reason and --notice (the public notice). Nothing was changed.")
    if consent.of(given.by, Kind.STAFF, "keeper of the catalogue") is None:
        return 1
    try:
        taking_in.take_in(found, region, keeper, given.reason, given.notice, clock.now())
    except NotPossible as no:
        told = words.refusal(no, LANGUAGE)
        return _no(f"{told.what} {told.next} Nothing was changed.")
    print(f"Done, and recorded in the name of {given.by}. The drafts are on /desk/items/, to be signed and published.")
    return 0


def _lines(found: New) -> Iterator[str]:
    for base in found.bases:
        yield f"+ base item {base.code} v{base.version} {base.fields.get('guide.item_name', '')}"
    for kind in found.lists:
        yield f"+ list {kind}"
    for name, procedure in found.items:
        yield f"+ draft {procedure.code} {procedure.name} ({name})"


def _no(text: str) -> int:
    print(text, file=sys.stderr)
    return 1
