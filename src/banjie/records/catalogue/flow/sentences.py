"""The flow in sentences, in the order of the acts: for screen readers, for print, and for whoever reads no pictures."""

from banjie import words
from banjie.engine.law import Procedure
from banjie.records.catalogue.flow.graph import DECISION, HAND_UP, HEARING, Flow, flow_of, limit_of, node_id, waits_for
from banjie.words.catalogue import DEFAULT, catalogue, fill
from banjie.words.names import name_of


def in_words(procedure: Procedure, language: str = DEFAULT) -> list[str]:
    """Everything the chart shows, one sentence an act. NotPossible("steps_in_a_circle")."""
    flow, names = flow_of(procedure, language), words.names_of(procedure, language)
    receipt, decision, service = flow.node("receipt"), flow.node(node_id(DECISION)), flow.node("service")

    def said(code: str, **facts: str) -> str:
        text = fill(catalogue(language)["flow_sentences"][code], facts)
        return text[:1].upper() + text[1:]

    found = [
        said("apply", unit=receipt.unit),
        said("receipt", unit=receipt.unit, limit=receipt.limit),
        said("correction", limit=flow.node("correction").limit),
        said("not_accepted"),
    ]
    waits = waits_for(procedure)
    for name, others in waits.items():
        step = procedure.step(name)
        if step is not None:
            node = flow.node(node_id(name))
            facts = {
                "name": node.name,
                "unit": node.unit,
                "limit": node.limit,
                "after": _listed([_name(each, flow) for each in others], language),
                "beside": _listed([_name(each, flow) for each in _beside(name, waits)], language),
                "people": str(step.people) if step.people > 1 else "",
                "maybe": words.label("flow", "maybe", language) if step.when else "",
            }
            found.append(said("step", **facts))
        elif name == HAND_UP and procedure.forwarding:
            higher = name_of(names, "unit", procedure.forwarding.to_unit)
            found.append(
                said(
                    "hand_up", unit=flow.node(node_id(HAND_UP)).unit, limit=flow.node(node_id(HAND_UP)).limit, to=higher
                )
            )
        elif name == HEARING:
            found.append(said("hearing", unit=flow.node(node_id(HEARING)).unit))
    committed, statutory = (limit_of(each, language) for each in (procedure.committed_limit, procedure.statutory_limit))
    found.append(said("decision", unit=decision.unit, committed=committed, statutory=statutory))
    if procedure.licence:
        found.append(said("certificate", unit=flow.node("certificate").unit))
    found.append(said("service", unit=service.unit, limit=service.limit))
    found.append(said("refusal", unit=service.unit, limit=service.limit))
    return found


def _name(name: str, flow: Flow) -> str:
    return flow.node(node_id(name)).name


def _beside(name: str, waits: dict[str, tuple[str, ...]]) -> list[str]:
    """The acts that may be done at the same time."""
    before = {each: _before(each, waits) for each in waits}
    return [
        each for each in waits if each not in (name, DECISION) and not {each} & before[name] | {name} & before[each]
    ]


def _before(name: str, waits: dict[str, tuple[str, ...]]) -> set[str]:
    found: set[str] = set()
    for each in waits[name]:
        found |= {each} | _before(each, waits)
    return found


def _listed(names: list[str], language: str) -> str:
    return words.label("phrases", "between_names", language).join(names)
