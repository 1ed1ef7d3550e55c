"""The papers that follow from one procedure version: public guide, approval standard, handbook, survey guide.

Plain data in words of a language, for pages and for typesetting; nothing here can be edited, for whoever wants a paper
changed publishes another version of the procedure (M043). `when` is an expression over the answers, left to the page.
"""

from banjie.records.catalogue.documents.guide import PublicGuide, guide_of
from banjie.records.catalogue.documents.handbook import Handbook, handbook_of, handbooks_of
from banjie.records.catalogue.documents.paper import Line, Section, digest_of
from banjie.records.catalogue.documents.standard import ApprovalStandard, CriterionStandard, standard_of
from banjie.records.catalogue.documents.survey import SurveyGuide, survey_guide_of

__all__ = [
    "ApprovalStandard",
    "CriterionStandard",
    "Handbook",
    "Line",
    "PublicGuide",
    "Section",
    "SurveyGuide",
    "digest_of",
    "guide_of",
    "handbook_of",
    "handbooks_of",
    "standard_of",
    "survey_guide_of",
]
