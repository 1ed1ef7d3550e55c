"""Third parties are named, the right to a hearing is told, and the hearing held or given up."""

from collections.abc import Iterator
from datetime import date

from banjie.demo.office.desk import Act, Desk
from banjie.engine import commands as c
from banjie.engine import events as e


class Hearing(Desk):
    """Whoever the decision is about is heard."""

    def _third_parties(self, base: date) -> Iterator[Act]:
        officer = self._agency_staff(self._deciding_agency, "officer")
        if officer is None:
            return
        if not self.state.third_parties:
            pick = self.case.choice("third parties")
            names = pick.sample(("邻居：段先生", "邻居：汤女士", "业主委员会", "相邻商铺经营者"), pick.choice((1, 2)))
            parties = tuple(e.Person(f"t-{self.case.stream.hex[-12:]}-{number}") for number in range(len(names)))
            told = tuple(c.Personal({"name": each, "contact": "云岭县城关镇"}) for each in names)
            when = self._office_moment("third parties", base, 2)
            yield Act(
                when, "third_parties", officer, c.NameThirdParties, lambda _: {"parties": parties, "particulars": told}
            )
        elif self.state.hearing is None:
            yield Act(self._office_moment("told", base, 3), "told", officer, c.TellHearingRight, lambda _: {})

    def _hearing(self) -> Iterator[Act]:
        hearing = self.state.hearing
        if hearing is None or hearing.minutes_on or hearing.waived_on:
            return
        if hearing.requested_on is None:
            asker = self.case.applicant if self.fate in ("heard", "hearing_waived") else None
            if self.fate == "third_party_heard" and self.state.third_parties:
                asker = c.Actor(self.state.third_parties[0], e.ActorKind.THIRD_PARTY)
            if asker:
                yield Act(
                    self._at_home("ask", hearing.told_on, 2), "ask_hearing", asker, c.RequestHearing, lambda _: {}
                )
            return
        if self.fate == "hearing_waived" and self.case.applicant:
            yield Act(
                self._at_home("waive", hearing.requested_on, 4),
                "waive",
                self.case.applicant,
                c.WaiveHearing,
                lambda _: {},
            )
            return
        host = self._agency_staff(self._deciding_agency, "hearing_host")
        head = self._agency_staff(self._deciding_agency, "head_of_agency")
        if host is None or head is None:
            return
        if hearing.host is None:
            person = e.Person(host.id, host.unit)
            yield Act(
                self._office_moment("host", hearing.requested_on, 1),
                "host",
                head,
                c.AppointHost,
                lambda _: {"host": person},
            )
        elif hearing.held_on is None:
            place = c.Personal("云岭县政务服务中心三楼听证室")
            when = self._office_moment("notice", hearing.requested_on, 2)
            yield Act(
                when,
                "hearing_notice",
                host,
                c.GiveHearingNotice,
                lambda allowed: {"held_on": allowed["held_on"][0], "place": place},
            )
        else:
            minutes = c.Personal("双方陈述意见并质证，争议集中在夜间噪声；听证笔录经核对签字。")
            yield Act(
                self._office_moment("minutes", hearing.held_on, 0),
                "minutes",
                host,
                c.CloseHearing,
                lambda _: {"minutes": minutes},
            )
