"""The county's other applicants: as many invented people and enterprises as a county needs, the same for the same seed.

Names, streets and numbers are put together from lists; region codes (9999..) belong to nobody, check digits are right.
"""

from functools import cache
from random import Random

from stdnum.cn import ric, uscc

from banjie.demo.people import Person

YUNLING, YUNXI = "999921", "999922"
COUNTY_NAMES = {YUNLING: "云岭县", YUNXI: "云溪县"}
PLACES = {
    YUNLING: (
        "城关镇示范街", "城关镇南门巷", "城关镇清泉路", "城关镇政务路", "城关镇东风里", "柳林镇柳荫街", "柳林镇码头路",
        "桃源乡桃源街", "工业园一路", "工业园三路", "城关镇书院街", "柳林镇新市街",
    ),
    YUNXI: ("溪口镇溪滩街", "溪口镇桥头路", "溪口镇竹器市街", "白石镇白石街", "竹溪乡茶场路", "溪口镇新桥街"),
}  # fmt: skip
SURNAMES = tuple("赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎")
GIVEN = (
    "明远", "静姝", "思源", "雨桐", "建国", "秀英", "志强", "晓芸", "浩然", "丽华", "文博", "春兰", "德厚", "欣怡",
    "海涛", "玉梅", "子轩", "慧敏", "大川", "若溪", "永康", "小满", "国栋", "巧云", "立新", "芳菲", "守田", "月娥",
    "青山", "念慈", "禾", "岚", "穗", "舟", "棠", "砚",
)  # fmt: skip
BRANDS = (
    "晨露", "知味", "鼎香", "绿野", "云上", "溪畔", "三禾", "福满", "远航", "新橙", "百味", "青瓦", "老井", "沐风",
    "佳和", "众诚", "启明", "恒越", "蓝海", "竹里", "丰禾", "金桥", "松间", "四季", "乐居", "小山", "月塘", "长亭",
)  # fmt: skip
TRADES = (
    "小吃店", "饭庄", "食品有限公司", "商贸有限公司", "餐饮管理有限公司", "建设工程有限公司", "文化传播有限公司",
    "人力资源有限公司", "生态林业有限公司", "教育咨询有限公司", "宾馆", "理发店", "市政工程有限公司", "便利店",
)  # fmt: skip
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
FIRST_NUMBER = 1000
"""Numbers below are the people of the stories and of the tests."""


@cache
def enterprise(number: int, region: str, seed: str) -> Person:
    """The number-th enterprise of a county."""
    pick = Random(f"{seed}/enterprise/{region}/{number}")
    trade = TRADES[number % len(TRADES)]
    name = f"{COUNTY_NAMES[region]}{pick.choice(BRANDS)}{pick.choice(('', '', '兴', '源'))}{trade}"
    body = f"{FIRST_NUMBER + number:08d}"
    rest = -sum(int(digit) * weight for digit, weight in zip(body, ORGANISATION_WEIGHTS, strict=True)) % 11
    first = f"91{region}{body}{'X' if rest == 10 else rest}"
    return Person(
        f"enterprise-{region}-{number:03d}", "enterprise", name, "uscc", first + uscc.calc_check_digit(first),
        _phone(region, number), _address(pick, region),
    )  # fmt: skip


@cache
def individual(number: int, region: str, seed: str) -> Person:
    """The number-th person of a county."""
    pick = Random(f"{seed}/person/{region}/{number}")
    born = f"{pick.randint(1952, 2003)}{pick.randint(1, 12):02d}{pick.randint(1, 28):02d}"
    first = f"{region}{born}{number % 900 + 100:03d}"
    name = pick.choice(SURNAMES) + pick.choice(GIVEN)
    return Person(
        f"person-{region}-{number:03d}", "person", name, "id_card", first + ric.calc_check_digit(first + "0"),
        _phone(region, 500 + number), _address(pick, region),
    )  # fmt: skip


def _phone(region: str, number: int) -> str:
    return f"1380000{2000 + (5000 if region == YUNXI else 0) + number:04d}"


def _address(pick: Random, region: str) -> str:
    return f"{COUNTY_NAMES[region]}{pick.choice(PLACES[region])}{pick.randint(1, 180)}号"
