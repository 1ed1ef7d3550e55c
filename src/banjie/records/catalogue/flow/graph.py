"""What comes after what in a procedure, from the application to the service of its result.

Every step is done once, so a step that waits for several joins them and one that several wait for splits: parallel
gateways. A step that may not apply has a way round it. What only confirms an order given otherwise is left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from banjie import words
from banjie.engine.law import Procedure
from banjie.engine.not_possible import NotPossible
from banjie.engine.timelimits import Limit
from banjie.words.catalogue import DEFAULT, catalogue, fill
from banjie.words.names import name_of

HAND_UP, HEARING, DECISION, ENTRY = "*hand_up", "*hearing", "*decision", "*accepted"
"""Acts that are no steps; the star keeps them apart from any slug."""
STEP = "step_"
"""What the id of a step's node begins with; the slug follows."""


def node_id(name: str) -> str:
    """The id of the node of a step (by its slug) or of another act."""
    return name[1:] if name.startswith("*") else STEP + name


@dataclass(frozen=True, slots=True)
class Node:
    """`kind`: start, end, task, choice (one way on), fork, join. `unit` and `limit` are in words, or ""."""

    id: str
    kind: str
    name: str = ""
    unit: str = ""
    limit: str = ""


@dataclass(frozen=True, slots=True)
class Edge:
    """From node to node; `condition`: what must be true to go this way (over receipt, decision, applicable)."""

    source: str
    target: str
    name: str = ""
    condition: str = ""


@dataclass(frozen=True, slots=True)
class Flow:
    """The graph: tasks in the order in which they can begin."""

    id: str
    name: str
    language: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    def node(self, id: str) -> Node:
        """The node of this id; KeyError."""
        for each in self.nodes:
            if each.id == id:
                return each
        raise KeyError(id)


def waits_for(procedure: Procedure) -> dict[str, tuple[str, ...]]:
    """Each act of the examination and of the decision with those it waits for, in an order in which they can be done.

    Names are slugs of steps, HAND_UP, HEARING, DECISION. NotPossible("steps_in_a_circle").
    """
    known = {each.slug: each for each in procedure.steps}
    before = {slug: {each for each in step.after if each in known} for slug, step in known.items()}
    higher: set[str] = set()
    if procedure.forwarding:
        lower = procedure.agency_of(procedure.forwarding.preliminary_unit)
        higher = {slug for slug, step in known.items() if procedure.agency_of(step.unit) != lower}
        for slug in higher:
            before[slug].add(HAND_UP)
        before[HAND_UP] = known.keys() - higher
    if procedure.third_parties:
        before[HEARING] = {HAND_UP} if procedure.forwarding else set()
    before[DECISION] = set(before)
    ordered, all_before = _in_order(before)
    return {
        name: tuple(
            each
            for each in ordered
            if each in before[name] and not any(each in all_before[other] for other in before[name])
        )
        for name in ordered
    }


def _in_order(before: Mapping[str, set[str]]) -> tuple[list[str], dict[str, set[str]]]:
    """The names in an order in which each comes after all it waits for, and everything before each."""
    waiting = dict(before)
    ordered: list[str] = []
    all_before: dict[str, set[str]] = {}
    while waiting:
        free = [name for name, others in waiting.items() if not others & waiting.keys()]
        if not free:
            raise NotPossible("steps_in_a_circle", steps=sorted(waiting))
        for name in free:
            all_before[name] = set(before[name]).union(*(all_before[each] for each in before[name]))
            del waiting[name]
        ordered += free
    return ordered, all_before


@lru_cache(maxsize=256)
def flow_of(procedure: Procedure, language: str = DEFAULT) -> Flow:
    """The flow of a procedure in words of a language. NotPossible("steps_in_a_circle")."""
    return _Builder(procedure, language).built()


def limit_of(limit: Limit | None, language: str) -> str:
    """A limit in words, "" for none."""
    return words.limit_in_words(limit, language) if limit else ""


class _Builder:
    """Puts the nodes and edges together, the trunk first, so that a layout keeps it straight."""

    def __init__(self, procedure: Procedure, language: str) -> None:
        self._procedure, self._language = procedure, language
        self._names = words.names_of(procedure, language)
        self._nodes: dict[str, Node] = {}
        self._edges: list[Edge] = []

    def built(self) -> Flow:
        procedure = self._procedure
        self._receipt()
        waits = waits_for(procedure)
        followers = {name: [each for each, others in waits.items() if name in others] for name in waits}
        followers[ENTRY] = [name for name, others in waits.items() if not others]
        opened = self._fork(ENTRY, node_id(ENTRY), followers[ENTRY], self._said("accepted"), 'receipt == "accepted"')
        leaves = {ENTRY: opened}
        for name, others in waits.items():
            enters = self._join(name, others or (ENTRY,), leaves)
            leaves[name] = self._act(name, enters, followers[name])
        self._ending()
        self._not_accepted()
        name = self._called("procedure", procedure.code) or procedure.name
        return Flow(procedure.code, name, self._language, tuple(self._nodes.values()), tuple(self._edges))

    # The trunk

    def _receipt(self) -> None:
        procedure = self._procedure
        self._node("start", "start", self._said("start"))
        applicant = words.label("actors", "applicant", self._language)
        self._node("apply", "task", self._said("apply"), applicant)
        self._node("again", "choice")
        unit, limit = self._unit(procedure.receives), limit_of(procedure.notice_limit, self._language)
        self._node("receipt", "task", self._said("receipt"), unit, limit)
        self._node(node_id(ENTRY), "choice", self._said("accepted_or_not"))
        for source, target in (
            ("start", "apply"),
            ("apply", "again"),
            ("again", "receipt"),
            ("receipt", node_id(ENTRY)),
        ):
            self._edge(source, target)

    def _not_accepted(self) -> None:
        applicant = words.label("actors", "applicant", self._language)
        period = limit_of(self._procedure.correction_period, self._language)
        self._node("correction", "task", self._said("correction"), applicant, period)
        self._edge(node_id(ENTRY), "correction", self._said("to_correct"), 'receipt == "correction"')
        self._edge("correction", "again")
        self._node("not_accepted", "end", self._said("end_not_accepted"))
        self._edge(node_id(ENTRY), "not_accepted", self._said("not_accepted"), 'receipt == "not_accepted"')

    def _ending(self) -> None:
        procedure = self._procedure
        unit, limit = self._unit(procedure.serves), limit_of(procedure.certificate_limit, self._language)
        self._node("granted", "choice", self._said("granted_or_not"))
        self._edge(node_id(DECISION), "granted")
        granted = self._said("granted"), 'decision == "granted"'
        if procedure.licence:
            self._node("certificate", "task", self._said("certificate"), self._unit(procedure.seals))
            self._edge("granted", "certificate", *granted)
        self._node("service", "task", self._said("service"), unit, limit)
        if procedure.licence:
            self._edge("certificate", "service")
        else:
            self._edge("granted", "service", *granted)
        self._node("closed_granted", "end", self._said("end_granted"))
        self._edge("service", "closed_granted")
        self._node("refusal", "task", self._said("refusal"), unit, limit)
        self._edge("granted", "refusal", self._said("refused"), 'decision == "refused"')
        self._node("closed_refused", "end", self._said("end_refused"))
        self._edge("refusal", "closed_refused")

    # The examination

    def _act(self, name: str, enters: str, followers: list[str]) -> str:
        """One act with the way round it; returns the node from which the ways go on."""
        task, when = self._task(name)
        last = task.id
        if when:
            split, merge = f"{task.id}_applies", f"{task.id}_over"
            self._node(split, "choice", self._said("applies"))
            self._entered(enters, split)
            self._nodes[task.id] = task
            self._edge(split, task.id, self._said("applicable"), f'"{name}" in applicable')
            self._node(merge, "choice")
            self._edge(task.id, merge)
            self._edge(split, merge, self._said("not_applicable"), f'"{name}" not in applicable')
            last = merge
        else:
            self._nodes[task.id] = task
            self._entered(enters, task.id)
        return self._fork(name, last, followers)

    def _task(self, name: str) -> tuple[Node, str]:
        procedure, language = self._procedure, self._language
        step = procedure.step(name)
        if step is not None:
            unit, limit = self._unit(step.unit), limit_of(step.limit, language)
            return Node(node_id(name), "task", self._called("step", name) or step.name, unit, limit), step.when
        if name == HAND_UP and procedure.forwarding:
            forwarding = procedure.forwarding
            return self._plain(HAND_UP, forwarding.preliminary_unit, limit_of(forwarding.limit, language)), ""
        if name == HEARING:
            return self._plain(HEARING, procedure.decides), ""
        return self._plain(
            DECISION, procedure.receives if procedure.instant else procedure.decides, self._decided()
        ), ""

    def _plain(self, name: str, unit: str, limit: str = "") -> Node:
        return Node(node_id(name), "task", self._said(node_id(name)), self._unit(unit), limit)

    def _decided(self) -> str:
        procedure, language = self._procedure, self._language
        told = {
            "committed": limit_of(procedure.committed_limit, language),
            "statutory": limit_of(procedure.statutory_limit, language),
        }
        return fill(catalogue(language)["flow"]["decided_within"], told)

    def _fork(self, name: str, source: str, followers: list[str], said: str = "", condition: str = "") -> str:
        """Where the ways on from a node begin. A condition before several ways goes to the fork."""
        if len(followers) < 2:
            return source
        fork = f"{node_id(name)}_fork"
        self._node(fork, "fork")
        self._edge(source, fork, said, condition)
        return fork

    def _join(self, name: str, others: tuple[str, ...], leaves: Mapping[str, str]) -> str:
        """Where the ways to an act come together."""
        if len(others) < 2:
            return leaves[others[0]]
        join = f"{node_id(name)}_join"
        self._node(join, "join")
        for each in others:
            self._entered(leaves[each], join)
        return join

    def _entered(self, source: str, target: str) -> None:
        if source == node_id(ENTRY):
            self._edge(source, target, self._said("accepted"), 'receipt == "accepted"')
        else:
            self._edge(source, target)

    # Parts

    def _node(self, id: str, kind: str, name: str = "", unit: str = "", limit: str = "") -> None:
        self._nodes[id] = Node(id, kind, name, unit, limit)

    def _edge(self, source: str, target: str, name: str = "", condition: str = "") -> None:
        self._edges.append(Edge(source, target, name, condition))

    def _said(self, code: str) -> str:
        return words.label("flow", code, self._language)

    def _unit(self, id: str) -> str:
        return self._called("unit", id) or id

    def _called(self, kind: str, id: str) -> str:
        return name_of(self._names, kind, id)
