"""The flow of a procedure: another engine carries out the exported file in the orders ours allows, and no other."""

import logging
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from itertools import combinations, pairwise, permutations
from typing import Any
from xml.etree import ElementTree

import pytest
from bpmn_io import check
from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from banjie.engine import events as e
from banjie.engine.codec import OFFICE_ZONE
from banjie.engine.law import Forwarding, Law, Procedure, Region, StepRule, WorkUnit
from banjie.engine.not_possible import NotPossible
from banjie.engine.receipt import acceptance
from banjie.engine.state import State, fold
from banjie.records.catalogue import flow, rulebook
from banjie.records.catalogue.flow.bpmn import laid_out
from banjie.records.catalogue.flow.drawing import Box, picture
from banjie.records.catalogue.flow.graph import flow_of
from banjie.words import LANGUAGES
from tests.records.catalogue.rulebook_items import EVERY_ITEM, FOOD, item

logging.getLogger("spiff").setLevel(logging.WARNING)

MANY_ORDERS = 20
"""How many orders of a graph are walked; of a graph with fewer, all of them."""
AT = datetime(2026, 3, 2, 9, tzinfo=OFFICE_ZONE)
CALENDAR = rulebook.calendar()
BY = e.By("officer", e.ActorKind.STAFF)


# The same order as the engine's


@pytest.mark.requirement("M045")
@EVERY_ITEM
def test_spiffworkflow_allows_the_orders_the_engine_allows(name: str) -> None:
    procedure = item(name)

    for applicable in every_applicable(procedure):
        walk_together(procedure, applicable)


GRAPHS: dict[str, dict[str, tuple[str, ...]]] = {
    "one": {"a": ()},
    "chain": {"a": (), "b": ("a",), "c": ("b",)},
    "fork": {"a": (), "b": (), "c": ()},
    "diamond": {"a": (), "b": ("a",), "c": ("a",), "d": ("b", "c")},
    "crossed": {"a": (), "b": (), "c": ("a", "b"), "d": ("b",)},
    "ladder": {"a": (), "b": (), "c": ("a",), "d": ("a", "b"), "e": ("c", "d")},
    "superfluous": {"a": (), "b": ("a",), "c": ("a", "b")},
    "loose end": {"a": (), "b": ("a",), "c": ()},
    "names of acts": {"decision": (), "accepted": (), "hearing": ("decision", "accepted"), "start": ()},
}


@pytest.mark.parametrize("when", ["", "has_agent"])
@pytest.mark.parametrize("graph", GRAPHS)
def test_any_graph_of_branches_and_joins_keeps_its_orders(graph: str, when: str) -> None:
    procedure = with_graph(GRAPHS[graph], when)

    for applicable in every_applicable(procedure):
        walk_together(procedure, applicable)


@pytest.mark.parametrize("seed", range(12))
def test_random_graphs_keep_their_orders(seed: int) -> None:
    chance = random.Random(seed)
    names = [f"s{number}" for number in range(6)]
    graph = {
        name: tuple(other for other in names[:number] if chance.random() < 0.4) for number, name in enumerate(names)
    }
    procedure = with_graph(graph, when="has_agent" if seed % 2 else "")
    applicable = tuple(name for name in names if not seed % 2 or chance.random() < 0.8)

    walk_together(procedure, applicable)
    assert overlaps(procedure) == []


def test_the_higher_agency_begins_when_the_lower_one_has_handed_up() -> None:
    procedure = with_graph({"a": (), "b": (), "c": ("a",), "d": ()})
    units = (*procedure.units, WorkUnit(id="city", name="市级", agency="city-bureau"))
    steps = tuple(replace(each, unit="city") if each.slug in "cd" else each for each in procedure.steps)
    lower = procedure.steps[0].unit
    forwarding = Forwarding(preliminary_unit=lower, to_unit="city")
    procedure = replace(procedure, units=units, steps=steps, forwarding=forwarding, third_parties=True)

    walk_together(procedure, tuple("abcd"))
    orders = set(orders_of_engine(procedure, tuple("abcd")))
    assert orders == {(*first, *last) for first in permutations("ab") for last in (("c", "d"), ("d", "c"))}
    assert overlaps(procedure) == []


@pytest.mark.parametrize(
    ("answers", "acts", "end"),
    [
        ({"receipt": "not_accepted"}, ["apply", "receipt"], "not_accepted"),
        ({"decision": "refused"}, ["apply", "receipt", "*", "decision", "refusal"], "closed_refused"),
        ({}, ["apply", "receipt", "*", "decision", "certificate", "service"], "closed_granted"),
        (
            {"receipt": "correction"},
            ["apply", "receipt", "correction", "receipt", "*", "decision", "certificate", "service"],
            "closed_granted",
        ),
    ],
)
def test_every_way_through_ends(answers: dict[str, str], acts: list[str], end: str) -> None:
    procedure = item(FOOD)
    applicable = tuple(each.slug for each in procedure.steps)
    case = Spiff(procedure, applicable, **answers)
    done = []
    while ready := case.ready():
        done.append("*" if ready[0].startswith("step_") else ready[0])
        case.finish(ready[0])

    assert [each for number, each in enumerate(done) if each != "*" or done[number - 1] != "*"] == acts
    assert case.workflow.is_completed()
    assert end in {task.task_spec.bpmn_id for task in case.workflow.get_tasks(state=TaskState.COMPLETED)}


def test_an_item_without_a_licence_goes_from_the_decision_to_its_service() -> None:
    graph = flow.flow_of(replace(item(FOOD), licence=""))

    assert "certificate" not in {each.id for each in graph.nodes}
    assert [each.target for each in graph.edges if each.condition == 'decision == "granted"'] == ["service"]


def test_steps_in_a_circle_are_refused() -> None:
    procedure = with_graph({"a": ("b",), "b": ("a",)})

    with pytest.raises(NotPossible, match="steps_in_a_circle"):
        flow.bpmn(procedure)


# The file


@pytest.mark.parametrize("language", LANGUAGES)
@EVERY_ITEM
def test_the_file_passes_the_check_and_is_the_same_every_time(name: str, language: str) -> None:
    procedure = item(name)
    file = flow.bpmn(procedure, language)
    report = check(file.decode())

    assert report.ok
    assert (report.errors, report.warnings) == ([], [])
    flow_of.cache_clear()
    laid_out.cache_clear()
    assert flow.bpmn(procedure, language) == file


def test_names_that_look_like_markup_stay_names() -> None:
    procedure = item(FOOD)
    nasty = "<script>\"a\" & 'b'</script>]]>"
    procedure = replace(procedure, name=nasty, steps=(replace(procedure.steps[0], name=nasty),))

    assert check(flow.bpmn(procedure).decode()).ok
    assert "<script" not in flow.svg(procedure)
    assert nasty in texts(flow.svg(procedure), "title")[0]


# The picture


@pytest.mark.requirement("M045")
@pytest.mark.parametrize("language", LANGUAGES)
@EVERY_ITEM
def test_the_picture_shows_every_step_with_its_unit_and_its_limit(name: str, language: str) -> None:
    procedure = item(name)
    shown = "".join(texts(flow.svg(procedure, language), "text")).replace(" ", "")
    graph = flow.flow_of(procedure, language)

    for step in procedure.steps:
        node = graph.node(f"step_{step.slug}")
        for told in (node.name, node.unit, node.limit):
            assert told.replace(" ", "") in shown
        assert node.unit
        assert bool(node.limit) == (step.limit is not None)


@pytest.mark.parametrize("language", LANGUAGES)
@EVERY_ITEM
def test_the_picture_asks_for_no_exception_of_the_security_policy(name: str, language: str) -> None:
    root = ElementTree.fromstring(flow.svg(item(name), language))
    tags = {each.tag.rpartition("}")[2] for each in root.iter()}
    attributes = {attribute for each in root.iter() for attribute in each.attrib}

    assert tags <= {"svg", "title", "desc", "rect", "ellipse", "polygon", "polyline", "path", "text"}
    assert not attributes & {"style", "href", "onload", "onclick"}
    assert not any("url(" in value for each in root.iter() for value in each.attrib.values())
    colours = {each.get(kind) for each in root.iter() for kind in ("fill", "stroke")} - {None}
    assert colours == {"none", "currentColor"}


@pytest.mark.parametrize("language", LANGUAGES)
@EVERY_ITEM
def test_who_does_not_see_the_picture_is_told_the_same(name: str, language: str) -> None:
    procedure = item(name)
    root = ElementTree.fromstring(flow.svg(procedure, language))
    sentences = flow.in_words(procedure, language)
    named = str(root.get("aria-labelledby")).split()

    assert root.get("role") == "img"
    assert [each.get("id") for each in (root[0], root[1])] == named
    assert str(root[1].text).splitlines() == sentences
    graph = flow.flow_of(procedure, language)
    for step in procedure.steps:
        node = graph.node(f"step_{step.slug}")
        told = [each for each in sentences if each.lower().startswith(node.name.lower())]
        assert any(node.unit in each and node.limit in each for each in told)


@pytest.mark.parametrize("language", LANGUAGES)
@EVERY_ITEM
def test_nothing_overlaps_and_every_text_fits(name: str, language: str) -> None:
    assert overlaps(item(name), language) == []


@pytest.mark.parametrize("graph", GRAPHS)
def test_nothing_overlaps_with_long_names(graph: str) -> None:
    long = "现场核查和专家评审（含技术审查、听取利害关系人意见）"
    procedure = with_graph(GRAPHS[graph], when="has_agent")
    procedure = replace(procedure, steps=tuple(replace(each, name=long, english="x" * 60) for each in procedure.steps))

    assert [each for language in LANGUAGES for each in overlaps(procedure, language)] == []


# Helpers


def with_graph(graph: dict[str, tuple[str, ...]], when: str = "") -> Procedure:
    """The food item with other steps, all of one unit."""
    procedure = item(FOOD)
    unit = procedure.steps[0].unit
    steps = tuple(
        StepRule(slug=name, kind="review", name=f"环节 {name}", unit=unit, after=after, when=when)
        for name, after in graph.items()
    )
    return replace(procedure, steps=steps)


def every_applicable(procedure: Procedure) -> Iterator[tuple[str, ...]]:
    """Every set of steps that can apply: those with a condition may be left out."""
    maybe = [each.slug for each in procedure.steps if each.when]
    for number in range(len(maybe) + 1):
        for out in combinations(maybe, number):
            yield tuple(each.slug for each in procedure.steps if each.slug not in out)


def walk_together(procedure: Procedure, applicable: tuple[str, ...]) -> None:
    """Both engines carry out the case in every order ours allows: at each point the same steps are open in both."""
    orders = orders_of_engine(procedure, applicable)
    if len(orders) > MANY_ORDERS:
        orders = random.Random(1).sample(orders, MANY_ORDERS)
    for order in orders:
        state, case = accepted(procedure, applicable), Spiff(procedure, applicable)
        for slug in order:
            assert case.until_steps() == open_steps(state)
            state = finished(state, slug, procedure)
            case.finish(f"step_{slug}")
        assert case.until_steps() == open_steps(state) == set()
        assert case.workflow.is_completed()


def orders_of_engine(procedure: Procedure, applicable: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Every order in which our engine lets the steps be finished."""

    def on(state: State, done: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        if len(done) == len(applicable):
            yield done
        for slug in open_steps(state):
            yield from on(finished(state, slug, procedure), (*done, slug))

    return sorted(on(accepted(procedure, applicable), ()))


def accepted(procedure: Procedure, applicable: tuple[str, ...]) -> State:
    """The state of an accepted case to which these steps apply, with the plan the engine makes."""
    law = Law(procedure, {"": CALENDAR}, Region(code="999921", name="云岭县"), "")
    fact = e.Accepted(at=AT, by=BY, calendar="", **acceptance(State(applicable=applicable), law, AT.date()))
    return handed_up(fold([fact]), procedure)


def open_steps(state: State) -> set[str]:
    """The steps somebody could finish now."""
    return {slug for slug, step in state.steps.items() if step.is_open}


def finished(state: State, slug: str, procedure: Procedure) -> State:
    """The state after a step."""
    return handed_up(fold([e.StepFinished(at=AT, by=BY, step=slug, outcome="passed", attempt=1)], state), procedure)


def handed_up(state: State, procedure: Procedure) -> State:
    """The state after the lower agency handed up, as soon as it may (`examination.may_forward`)."""
    lower = [step for step in state.steps.values() if not step.plan.after_forwarding]
    if procedure.forwarding is None or state.forwarded or any(not step.finished_on for step in lower):
        return state
    fact = e.Forwarded(
        at=AT,
        by=BY,
        calendar="",
        to_unit=procedure.forwarding.to_unit,
        opinion="recommended",
        statutory_limit=procedure.statutory_limit,
    )
    return fold([fact], state)


class Spiff:
    """The exported file carried out by SpiffWorkflow. A correction is asked for once at most."""

    def __init__(self, procedure: Procedure, applicable: tuple[str, ...], **answers: str) -> None:
        parser = BpmnParser()
        parser.add_bpmn_xml(etree.fromstring(flow.bpmn(procedure)))
        self.workflow = BpmnWorkflow(parser.get_spec(f"procedure_{procedure.code}"))
        self._answers = {"receipt": "accepted", "decision": "granted", **answers, "applicable": list(applicable)}
        self.workflow.do_engine_steps()

    def ready(self) -> list[str]:
        """The acts that somebody has to do now."""
        return sorted(task.task_spec.bpmn_id for task in self._tasks())

    def finish(self, act: str) -> None:
        """Do one of them."""
        task = next(each for each in self._tasks() if each.task_spec.bpmn_id == act)
        task.data.update(self._answers)
        task.run()
        self.workflow.do_engine_steps()
        if act == "receipt" and self._answers["receipt"] == "correction":
            self._answers["receipt"] = "accepted"

    def until_steps(self) -> set[str]:
        """The steps open now, after every other act was done that could be."""
        while others := [each for each in self.ready() if not each.startswith("step_")]:
            self.finish(others[0])
        return {each.removeprefix("step_") for each in self.ready()}

    def _tasks(self) -> list[Any]:
        return [task for task in self.workflow.get_tasks(state=TaskState.READY) if task.task_spec.manual]


def texts(svg: str, tag: str) -> list[str]:
    """The texts of an SVG's elements of this name."""
    return [str(each.text) for each in ElementTree.fromstring(svg).iter() if each.tag.rpartition("}")[2] == tag]


def overlaps(procedure: Procedure, language: str = "zh-Hans") -> list[str]:
    """What stands on top of something else, reaches out of its box, or is crossed by a line that leads elsewhere."""
    graph = flow.flow_of(procedure, language)
    shown = picture(graph)
    found = [
        f"{one} on {other}" for one, other in combinations(shown.boxes, 2) if meet(shown.boxes[one], shown.boxes[other])
    ]
    for of, line in shown.lines:
        box = line.box
        found += [f"{line.text} on {name}" for name, other in shown.boxes.items() if name != of and meet(box, other)]
        found += [f"{line.text} on {each.text}" for _, each in shown.lines if each is not line and meet(box, each.box)]
        own = shown.boxes.get(of)
        if own and graph.node(of).kind == "task" and not holds(own, box):
            found.append(f"{line.text} reaches out of {of}")
        if box.x < 0 or box.y < 0 or box.x + box.width > shown.width or box.y + box.height > shown.height:
            found.append(f"{line.text} reaches out of the picture")
    for number, edge in enumerate(graph.edges):
        way = shown.ways[f"flow_{number}"]
        for (x0, y0), (x1, y1) in pairwise(way):
            line_box = Box(min(x0, x1), min(y0, y1), abs(x1 - x0), abs(y1 - y0))
            found += [
                f"the way from {edge.source} to {edge.target} through {name}"
                for name, box in shown.boxes.items()
                if name not in (edge.source, edge.target) and meet(line_box, box)
            ]
            found += [
                f"the way from {edge.source} to {edge.target} through {line.text}"
                for _, line in shown.lines
                if meet(line_box, line.box)
            ]
    return found


def meet(one: Box, other: Box) -> bool:
    """Whether two boxes share more than an edge."""
    return (
        one.x < other.x + other.width - 0.5
        and other.x < one.x + one.width - 0.5
        and one.y < other.y + other.height - 0.5
        and other.y < one.y + one.height - 0.5
    )


def holds(outer: Box, inner: Box) -> bool:
    """Whether a box lies inside another."""
    return (
        outer.x <= inner.x
        and outer.y <= inner.y
        and inner.x + inner.width <= outer.x + outer.width
        and inner.y + inner.height <= outer.y + outer.height
    )
