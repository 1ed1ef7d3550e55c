"""The remedy text, composed from the deciding agency (行政复议法 11, 20, 22, 23; 行政诉讼法 46)."""

from banjie.engine.events import Remedy
from banjie.words.catalogue import DEFAULT, phrase


def remedy_text(remedy: Remedy, language: str = DEFAULT, inaction: bool = False) -> str:
    """What can be done against a decision, where and until when.

    `inaction`: the limit passed without a decision. Then reconsideration comes first and the time runs from the limit's
    end (行政复议法 23(1)(3)).
    """
    facts = {
        "reconsideration": remedy.reconsideration,
        "court": remedy.court,
        "days": str(remedy.days),
        "months": str(remedy.months),
        "online": phrase("remedy_online", language) if remedy.online else "",
    }
    return phrase("remedy_inaction" if inaction else "remedy", language, facts)
