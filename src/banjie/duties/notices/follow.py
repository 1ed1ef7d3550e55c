"""The inbox follows the feed: safe to repeat, safe to kill, and nothing is told twice."""

from uuid import UUID

from banjie.cases.handle import STREAM_KIND
from banjie.cases.models import Participant
from banjie.cases.scope import whole_house
from banjie.duties.notices.models import Message
from banjie.engine import events as e
from banjie.store.log import read
from banjie.store.log.read import LogEntry
from banjie.words import tells

LICENCES, REMINDED = "licence", "reminded"
"""The histories of licences, and the fact of them that is told here."""


class Inbox:
    """Puts a message into the inbox of everybody a fact concerns: of those whom the words have a sentence for."""

    name = "inbox"
    kinds = frozenset({STREAM_KIND, LICENCES})

    def handle(self, entry: LogEntry) -> None:
        """One message a person; a repeat changes nothing."""
        if entry.stream_kind == LICENCES:
            if entry.kind == REMINDED:
                _remind(entry)
            return
        people: set[str] = set()
        if entry.kind in OF_ONE_PERSON:
            people |= _alone(entry)
        elif entry.kind in NEWS_BY_ITS_DATES and not _is_news(entry):
            return
        elif tells(entry.kind, "applicant"):
            people |= _applicants(entry)
        if tells(entry.kind, "third_party") and entry.kind not in OF_ONE_PERSON:
            people |= _third_parties(entry)
        Message.objects.kept().bulk_create(
            [
                Message(stream=entry.stream, position=entry.position, who=who, kind=entry.kind, at=entry.at)
                for who in sorted(people)
            ],
            ignore_conflicts=True,
        )


def _remind(entry: LogEntry) -> None:
    """The holder is told that a licence runs out: as of the case it came from, at its place in the licence's history,
    which is no place of the case (`Message.position`)."""
    fact = read.plain(entry)
    message = Message(
        stream=UUID(fact["case"]), position=-entry.position, who=fact["party"], kind=REMINDED, at=entry.at
    )
    Message.objects.kept().bulk_create([message], ignore_conflicts=True)


OF_ONE_PERSON = frozenset({e.NAMES[e.Complained], e.NAMES[e.ComplaintAnswered]})
"""Facts told to nobody but whoever complained: an applicant of a third party's complaint as little as the reverse."""


NEWS_BY_ITS_DATES = frozenset({e.NAMES[e.Redated]})
"""Facts that are told only where a date is another one: every running case counts by a new calendar, few dates move."""


def _is_news(entry: LogEntry) -> bool:
    return e.concerns(e.decode(entry.kind, read.plain(entry)), frozenset())


def _alone(entry: LogEntry) -> set[str]:
    fact = e.decode(entry.kind, read.plain(entry))
    return set(
        fact.told if isinstance(fact, e.Complained) else fact.to if isinstance(fact, e.ComplaintAnswered) else ()
    )


def _applicants(entry: LogEntry) -> set[str]:
    """Who applied, and who filed for them: the first fact says it for good."""
    with whole_house("the inbox follows the feed"):
        told = Participant.objects.everything().filter(stream=entry.stream, capacity__in=("applicant", "agent"))
        return set(told.values_list("who", flat=True))


def _third_parties(entry: LogEntry) -> set[str]:
    """Who was an interested third party when this happened: who is named later is told of what comes later."""
    before = (each for each in read.entries(entry.stream) if each.position < entry.position)
    facts = (e.decode(each.kind, read.plain(each)) for each in before if each.kind == "third_parties_named")
    return {party.id for fact in facts if isinstance(fact, e.ThirdPartiesNamed) for party in fact.parties}
