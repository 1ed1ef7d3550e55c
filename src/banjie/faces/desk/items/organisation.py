"""The units and agencies a procedure names, with the names the organisation has for them today."""

from dataclasses import replace

from banjie.engine.law import Agency, Procedure, WorkUnit
from banjie.records.organisation import models
from banjie.records.organisation.rulebook import AgencyEntry, Organisation, RegionEntry, UnitEntry

UNITS = ("receives", "decides", "seals", "supervises", "serves")


def with_names(procedure: Procedure) -> Procedure:
    """The procedure with every unit it names, and their agencies; what the organisation does not have stays."""
    named = [getattr(procedure, name) for name in UNITS] + [each.unit for each in procedure.steps]
    if procedure.forwarding:
        named += [procedure.forwarding.preliminary_unit, procedure.forwarding.to_unit]
    named = [each for each in dict.fromkeys(named) if each]
    known = {each.id: each for each in models.Unit.objects.filter(id__in=named)}
    told = {each.id: each for each in procedure.units}
    units = tuple(
        WorkUnit(id=name, name=known[name].name, agency=known[name].agency_id, english=known[name].english)
        if name in known
        else told[name]
        for name in named
        if name in known or name in told
    )
    wanted = list(dict.fromkeys([*(each.agency for each in units), *([procedure.home] if procedure.home else [])]))
    found = {each.id: each for each in models.Agency.objects.filter(id__in=wanted)}
    before = {each.id: each for each in procedure.agencies}
    agencies = tuple(
        _agency(found[name]) if name in found else before[name] for name in wanted if name in found or name in before
    )
    return replace(procedure, units=units, agencies=agencies)


def _agency(row: models.Agency) -> Agency:
    return Agency(id=row.id, name=row.name, english=row.english, reconsideration=row.reconsideration, court=row.court)


def as_loaded() -> Organisation:
    """The organisation as it is loaded, in the shape of the rulebook's file: regions, agencies and their units."""
    units: dict[str, list[UnitEntry]] = {}
    for unit in models.Unit.objects.order_by("id"):
        units.setdefault(unit.agency_id, []).append(UnitEntry(id=unit.id, name=unit.name, english=unit.english))
    return Organisation(
        regions=tuple(
            RegionEntry(code=each.code, name=each.name, english=each.english, parent=each.parent_id or "")
            for each in models.Region.objects.order_by("code")
        ),
        agencies=tuple(
            AgencyEntry(
                id=each.id,
                region=each.region_id,
                name=each.name,
                english=each.english,
                credit_code=each.credit_code,
                government=each.government,
                reconsideration=each.reconsideration,
                court=each.court,
                vertical=each.is_vertical,
                paper_prefix=each.paper_prefix,
                units=tuple(units.get(each.id, ())),
            )
            for each in models.Agency.objects.order_by("id")
        ),
    )
