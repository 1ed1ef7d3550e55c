"""`banjie catalogue load --by KEEPER`: base items, lists and items of the keeper's region, from the rulebook.

The items become drafts, which three offices sign on their pages before they bind anybody.

`banjie catalogue proceedings --by KEEPER --second USER` publishes what an agency of the region opens of its own accord
(依职权). It is no item, so it has no draft: the keeper and the service centre answer for it by their passwords.
"""

import argparse
import sys
from collections.abc import Iterator

from banjie import words
from banjie.command import consent, prepare
from banjie.engine.commands import Actor
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
CENTRE = taking_in.TWO[1]


def run(given: argparse.Namespace) -> int:
    """Say what is wrong or what is new, and take it in; 1 where nothing could be done."""
    prepare.database()
    known = queries.find_installation()
    if known is not None and known.demo:
        return _no("A demo founds its own catalogue. Nothing was changed.")
    keeper = _holder(given.by, drafts.KEEPER)
    if keeper is None:
        return _no("Say --by USER: somebody who keeps a region's catalogue (catalogue_keeper). Nothing was changed.")
    region = access.region_of(keeper.unit)
    try:
        return (_load if given.what == "load" else _proceedings)(given, keeper, region)
    except BadCatalogue as bad:
        return _no("\n".join([*bad.faults, "Mend the files and load them again. Nothing was changed."]))
    except NotPossible as no:
        told = words.refusal(no, LANGUAGE)
        return _no(f"{told.what} {told.next} Nothing was changed.")


def _load(given: argparse.Namespace, keeper: Actor, region: str) -> int:
    found = taking_in.new(region, as_loaded(), pseudonym_of)
    for line in _lines(found):
        print(line)
    if found.is_empty or given.dry_run:
        return _nothing(found.is_empty)
    if found.lists and not (given.reason.strip() and given.notice.strip()):
        return _no("A list is founded with --reason and --notice (the public notice). Nothing was changed.")
    if consent.of(given.by, Kind.STAFF, "keeper of the catalogue") is None:
        return 1
    taking_in.take_in(found, region, keeper, given.reason, given.notice, clock.now())
    print(f"Done, and recorded in the name of {given.by}. The drafts are on /desk/items/, to be signed and published.")
    return 0


def _proceedings(given: argparse.Namespace, keeper: Actor, region: str) -> int:
    found = taking_in.new_proceedings(region, as_loaded(), pseudonym_of, clock.today())
    for name, each in found:
        print(f"+ proceeding {each.code} v{each.version} {each.name}, in force from {each.effective_from} ({name})")
    if not found or given.dry_run:
        return _nothing(not found)
    second = _holder(given.second, CENTRE)
    if second is None or second.id == keeper.id or access.region_of(second.unit) != region:
        return _no(
            f"Say --second USER: another person, of the region's service centre ({CENTRE}). Nothing was changed."
        )
    for name, called in ((given.by, "keeper of the catalogue"), (given.second, "member of the service centre")):
        if consent.of(name, Kind.STAFF, called) is None:
            return 1
    taking_in.publish_proceedings([each for _, each in found], keeper.id, second.id, clock.now())
    print(f"Published, in the names of {given.by} and {given.second}. Officers open them on /desk/proceedings/.")
    return 0


def _holder(name: str, post: str) -> Actor | None:
    """Whoever has this user name and holds this post today."""
    user = User.objects.filter(username=name.strip().lower(), kind=Kind.STAFF, is_active=True).first()
    actor = actor_of(user) if user else None
    return actor if actor and post in actor.posts else None


def _nothing(is_empty: bool) -> int:
    print("Nothing is new. Nothing was changed." if is_empty else "Nothing was changed.")
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
