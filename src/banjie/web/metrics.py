"""What the program counts about itself, in a registry of its own; `/metrics` shows it to whoever watches over it.

Counters are told here as things happen. Gauges are asked of whoever knows, at the moment somebody looks: a room hands
in a function with `measure` and nothing has to be kept up to date. No label holds personal data or a case's number.
Every worker process counts for itself; the watcher adds them up.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cache

import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")

registry = CollectorRegistry()

_commands = Counter(
    "banjie_commands",
    "Commands by kind and outcome: done, repeated, or the code of the no",
    ["kind", "outcome"],
    registry=registry,
)
_retries = Counter("banjie_door_retries", "Commands decided again because somebody else acted first", registry=registry)
_damaged = Counter(
    "banjie_files_damaged", "Times a stored file was asked for that is gone or damaged", ["how"], registry=registry
)
_requests = Histogram(
    "banjie_request_seconds",
    "Time to answer a request",
    ["method", "route", "status"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
    registry=registry,
)

Value = float | Mapping[str, float]
Answer = Callable[[], Value]

GAUGES = {
    "feed_lag": ("banjie_feed_lag_facts", "Facts in the log that the feed has not numbered yet", ""),
    "follower_lag": ("banjie_follower_lag_facts", "Facts a follower has not handled yet", "follower"),
    "parked_streams": ("banjie_parked_streams", "Streams a follower has put aside after failing on them", "follower"),
    "open_cases": ("banjie_open_cases", "Cases that are not closed", ""),
    "witness_silence": ("banjie_witness_silence_seconds", "Seconds without a witness while one is owed", ""),
    "checkpoint_lag": ("banjie_checkpoint_lag_facts", "Facts that no signed checkpoint covers yet", ""),
    "split_views": ("banjie_split_views", "Contradicting histories: of ours to a witness, or of a log we cosign", ""),
    "clock_leap": ("banjie_clock_leap_seconds", "Seconds by which the store's clock has leapt; 0: it is trusted", ""),
}
"""What may be measured: the name here, the name shown, what it says, and the label of a value with parts."""

_asked: dict[str, Answer] = {}
log = structlog.get_logger("banjie.metrics")


def command(kind: str, outcome: str) -> None:
    """A command went through the door, or was told no."""
    _counted(kind, outcome).inc()


@cache
def _counted(kind: str, outcome: str) -> Counter:
    """The counter of these labels: there are as many as kinds and codes, and looking one up is not free."""
    return _commands.labels(kind, outcome)


def retry() -> None:
    """A command was decided again because the case had moved on."""
    _retries.inc()


def damaged(how: str) -> None:
    """Somebody asked for a stored file whose bytes are not there any more, or not as they were."""
    _damaged.labels(how).inc()


def request(method: str, route: str, status: int, seconds: float) -> None:
    """A request was answered."""
    _requests.labels(method, route, f"{status // 100}xx").observe(seconds)


def measure(name: str, answer: Answer) -> None:
    """Ask this function for the gauge of this name from now on; KeyError for a name that is not in `GAUGES`."""
    GAUGES[name]
    _asked[name] = answer


def page() -> bytes:
    """Everything as text in the Prometheus format."""
    return generate_latest(registry)


class _Asked(Collector):
    """Asks each function once; one that fails is left out and logged, so the rest can still be seen."""

    def describe(self) -> Iterator[GaugeMetricFamily]:
        return iter(())

    def collect(self) -> Iterator[GaugeMetricFamily]:
        for name, answer in list(_asked.items()):
            shown, says, label = GAUGES[name]
            try:
                value = answer()
            except Exception:
                log.exception("a gauge could not be read", gauge=name)
                continue
            gauge = GaugeMetricFamily(shown, says, labels=[label] if label else None)
            parts = value if isinstance(value, Mapping) else {"": value}
            for part, number in parts.items():
                gauge.add_metric([part] if label else [], number)
            yield gauge


registry.register(_Asked())
