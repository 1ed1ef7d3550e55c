"""Which figures `/metrics` asks of whom: wiring only. Each is asked at the moment somebody looks."""

from banjie.cases.models import Case
from banjie.cases.scope import whole_house
from banjie.config.followers import FOLLOWERS
from banjie.store.evidence import checkpoints, standing, tree, witnesses, witnessing
from banjie.store.log import follow, pulse, sequence
from banjie.store.log.models import Bookmark, Feed
from banjie.web import metrics


def install() -> None:
    """Tell the metrics whom to ask."""
    metrics.measure("feed_lag", sequence.waiting)
    metrics.measure("follower_lag", follower_lag)
    metrics.measure("parked_streams", parked_streams)
    metrics.measure("open_cases", open_cases)
    metrics.measure("clock_leap", clock_leap)
    metrics.measure("witness_silence", witness_silence)
    metrics.measure("checkpoint_lag", checkpoint_lag)
    metrics.measure("split_views", split_views)


def follower_lag() -> dict[str, float]:
    """Facts of the feed that each follower has not passed yet."""
    newest = Feed.objects.order_by("-no").values_list("no", flat=True).first() or 0
    marks = dict(Bookmark.objects.values_list("follower", "no"))
    return {each.name: newest - marks.get(each.name, 0) for each in FOLLOWERS}


def parked_streams() -> dict[str, float]:
    """Streams that each follower has put aside for a person to look at."""
    return {each.name: len(follow.parked(each.name)) for each in FOLLOWERS}


def open_cases() -> float:
    """Cases that are not closed."""
    with whole_house("the metrics count open cases"):
        return Case.objects.everything().filter(closed_on=None).count()


def clock_leap() -> float:
    """Seconds by which the store's clock was seen to leap; 0 while it can be trusted."""
    return pulse.leapt_by() / 1_000_000


def witness_silence() -> float:
    """Seconds for which no witness has cosigned while one is owed; sealing stops after 24 hours."""
    return standing.standing().silent_for / 1_000_000


def checkpoint_lag() -> float:
    """Facts of the feed that the newest checkpoint does not cover."""
    newest = checkpoints.newest()
    return tree.newest_fact() - (newest.size if newest else 0)


def split_views() -> float:
    """Histories that contradict one another: ours and what a witness knows, or of a log that we cosign."""
    return sum(each.is_grave for each in witnesses.heard()) + len(witnessing.split_views())
