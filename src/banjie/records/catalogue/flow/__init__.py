"""The flow of a procedure (流程图): one graph, exported as BPMN 2.0, drawn as SVG, and told in sentences.

`graph` says what comes after what, `bpmn` writes and lays it out, `drawing` draws the layout, `sentences` tells it to
whoever reads no pictures. All four come from the same procedure version, so they cannot say different things.
"""

from banjie.records.catalogue.flow.bpmn import bpmn
from banjie.records.catalogue.flow.drawing import svg
from banjie.records.catalogue.flow.graph import Edge, Flow, Node, flow_of
from banjie.records.catalogue.flow.sentences import in_words

__all__ = ["Edge", "Flow", "Node", "bpmn", "flow_of", "in_words", "svg"]
