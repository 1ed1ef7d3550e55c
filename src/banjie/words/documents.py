"""Which paper each fact produces. Its name stands in the catalogue's `documents`; how it is sealed is not said here."""

from banjie.engine import events as e

RECEIPT = "collection_receipt"
CORRECTION = "correction_notice"
REMINDER = "correction_reminder"
ACCEPTANCE = "acceptance_notice"
DECLINED = "decision_to_decline"
NOT_NEEDED = {"notice": "notice_not_needed", "decision": "decision_not_needed"}
PAUSE = "pause_notice"
EXTENSION = "extension_notice"
EXTENSION_REVOKED = "extension_revoked_notice"
HEARING_RIGHT = "hearing_right_notice"
HEARING = "hearing_notice"
MINUTES = "hearing_minutes"
GRANTED = "decision_to_grant"
REFUSED = "decision_to_refuse"
SERVICE = "proof_of_service"
OPINION = "preliminary_opinion"
RECTIFICATION = "rectification_notice"
SLIP = "hand_over_slip"
TERMINATED = "decision_to_terminate"
WITH_GAPS = "acceptance_with_gaps"
COMMITMENT = "commitment_letter"
GAPS = "gap_letter"
MEASURE = "measure_notice"

DOCUMENTS: dict[str, str] = {
    "submitted": RECEIPT,
    "declined": DECLINED,
    "correction_requested": CORRECTION,
    "correction_reminded": REMINDER,
    "accepted": ACCEPTANCE,
    "deemed_accepted": ACCEPTANCE,
    "commitment_signed": COMMITMENT,
    "gaps_promised": GAPS,
    "measure_recorded": MEASURE,
    "rectification_set": RECTIFICATION,
    "intent_told": "intent_notice",
    "end_decided": "decision_to_end",
    "discontinued": "decision_to_discontinue",
    "hearing_right_told": HEARING_RIGHT,
    "hearing_noticed": HEARING,
    "hearing_held": MINUTES,
    "extended": EXTENSION,
    "extension_revoked": EXTENSION_REVOKED,
    "forwarded": OPINION,
    "granted": GRANTED,
    "deemed_renewed": GRANTED,
    "refused": REFUSED,
    "served": SERVICE,
    "terminated": TERMINATED,
    "papers_sent": SLIP,
}
"""The kinds of event that always produce the same paper."""


def documents_of(event: e.Event) -> tuple[str, ...]:
    """The papers this fact produces, as codes of the catalogue's `documents`; most facts produce none."""
    if isinstance(event, e.FoundNotNeeded):
        return (NOT_NEEDED.get(event.form, NOT_NEEDED["notice"]),)
    if isinstance(event, e.Accepted) and event.gaps:
        return (WITH_GAPS,)
    if isinstance(event, e.Paused):
        # The 听证告知书 has told this time beforehand and is its written notice.
        return () if event.ground == "hearing" else (PAUSE,)
    code = DOCUMENTS.get(e.NAMES[type(event)])
    return (code,) if code else ()
