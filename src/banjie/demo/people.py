"""The demo county's applicants: invented people and enterprises.

Regions 999921 and 999922 belong to nobody; check digits are right, so that the numbers pass where real ones would.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """An invented applicant: the user name of their account, and the particulars of an application."""

    user: str
    kind: str
    name: str
    id_type: str
    id_number: str
    phone: str
    address: str

    @property
    def particulars(self) -> dict[str, str]:
        """As an application states them."""
        return {
            "kind": self.kind,
            "name": self.name,
            "id_type": self.id_type,
            "id_number": self.id_number,
            "phone": self.phone,
            "address": self.address,
        }


def _enterprise(user: str, name: str, id_number: str, phone: str, address: str) -> Person:
    return Person(user, "enterprise", name, "uscc", id_number, phone, address)


def _person(user: str, name: str, id_number: str, phone: str, address: str) -> Person:
    return Person(user, "person", name, "id_card", id_number, phone, address)


PEOPLE = (
    _enterprise("shanju", "云岭县山居小馆", "91999921000000115N", "13800000001", "云岭县城关镇示范街18号"),
    _enterprise("qingquan", "云岭县清泉浴室", "91999921000000123H", "13800000002", "云岭县城关镇清泉路6号"),
    _person("baihe", "白禾", "999921198108040317", "13800000003", "云岭县柳林镇柳林村2组"),
    _enterprise("yunmian", "云岭县云面坊", "91999921000000131C", "13800000004", "云岭县城关镇南门巷3号"),
    _enterprise("jinsui", "云岭县金穗食堂管理公司", "9199992100000014X4", "13800000005", "云岭县工业园一路9号"),
    _enterprise("xitan", "云溪县溪滩小吃店", "91999922000000158J", "13800000007", "云溪县溪口镇溪滩街9号"),
    _person("lusongqing", "陆松青", "999922199005180019", "13800000008", "云溪县白石镇白石村5组"),
    _person("tanglan", "汤岚", "999921199207150428", "13800000006", "云岭县桃源乡桃源街7号"),
)
