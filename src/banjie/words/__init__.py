"""Every sentence the program says, by code and language: the engine and the rooms speak in codes, people read words.

One catalogue a language, `zh-Hans.yaml` (the default) and `en.yaml`, with the same codes and the same gaps; a test
keeps them so. Pure: reads the two files once and knows neither web nor database. No function here fails over a missing
word or value, for whoever reads the page can do nothing about it; the tests fail instead.

    refusal(no), problem(code)           a "no" with its next step; what is wrong with a field
    sentence(event, …)                   what happened: in the officer's history, in the inbox of whoever it concerns
    tells(kind, audience)                whether an audience is told of facts of a kind
    documents_of(event)                  which papers the fact produces
    explain(running, …), story(…)        a clock in words, each day counted or not; what moved it
    act_name(kind), act_basis(kind)      a fact in a few words, and the article it rests on
    label(section, code), help_text      names for buttons, columns, lights, grounds, papers, …
    day_in_words, limit_in_words, …      dates and limits
    declaration(), declared_text()       what an applicant declares about their application
    remedy_text(remedy)                  where and until when a decision can be challenged
    names_of(procedure)                  the look-up that names materials, criteria, steps, grounds and units

Read it in this order: `catalogue` (files and gaps), `dates`, `names`, `facts` (the values a sentence can show),
`sentences`, `refusals`, `documents`, `remedies`, `acts`, `explanation`.
"""

from banjie.words.acts import act_basis, act_name, reading_in_words
from banjie.words.catalogue import DEFAULT, LANGUAGES, help_text, label, language_of
from banjie.words.dates import day_in_words, instant_in_words, limit_in_words, weekday_in_words
from banjie.words.declarations import declaration, declared_text
from banjie.words.documents import documents_of
from banjie.words.explanation import Explanation, Line, explain, story
from banjie.words.facts import Audience, facts_of
from banjie.words.names import Names, names_of
from banjie.words.refusals import Refusal, problem, refusal, refusal_of
from banjie.words.remedies import remedy_text
from banjie.words.sentences import sentence, tells, tells_applicant

__all__ = [
    "DEFAULT",
    "LANGUAGES",
    "Audience",
    "Explanation",
    "Line",
    "Names",
    "Refusal",
    "act_basis",
    "act_name",
    "day_in_words",
    "declaration",
    "declared_text",
    "documents_of",
    "explain",
    "facts_of",
    "help_text",
    "instant_in_words",
    "label",
    "language_of",
    "limit_in_words",
    "names_of",
    "problem",
    "reading_in_words",
    "refusal",
    "refusal_of",
    "remedy_text",
    "sentence",
    "story",
    "tells",
    "tells_applicant",
    "weekday_in_words",
]
