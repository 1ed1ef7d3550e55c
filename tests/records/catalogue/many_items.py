"""Thousands of made-up items from a seed, and what a search must find in them, said without any index."""

import random
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from banjie.records.catalogue.search.text import Document, Field, body

DAY = date(2026, 3, 2)

_THINGS = """
食品经营 药品零售 娱乐场所 公共场所卫生 烟草专卖零售 林木种子生产 劳务派遣经营 民办学校设立
道路货物运输 道路旅客运输 取水 排水 户外广告设置 城市道路挖掘 建筑工程施工 建设工程规划
乡村建设规划 农药经营 兽药经营 种畜禽生产 动物防疫条件 水域滩涂养殖 渔业捕捞 营业性演出
出版物零售 电影放映 旅行社设立 旅馆业特种行业 公章刻制 保安服务 危险化学品经营 烟花爆竹零售
成品油零售 医疗机构执业 放射诊疗 母婴保健 护士执业 医师执业 教师资格 婚姻登记 收养登记
社会团体成立 宗教活动场所 殡葬设施 不动产转移 居民户口迁移 居住证 机动车驾驶 出租汽车
网络预约出租汽车 船舶检验 特种设备使用 计量标准 检验检测机构 会计代理记账 人力资源服务
职业技能培训 地图审核 测绘资质 采矿 探矿 污染物排放 废物处置 辐射安全 河道采砂 水土保持方案
林木采伐 林地占用
"""
_EVERYDAY = """
开饭店 开药店 跑运输 盖房子 办学校 结婚 养猪 打井 卖烟 开网吧 考驾照 买房 落户 演出
挖路 砍树
"""
_PAPERS = """
营业执照 身份证明 授权委托书 平面布局图 管理制度 安全承诺书 健康证明 检测报告 租赁合同
产权证书 设备清单 人员名册 学历证书 验资报告 环评批复 消防意见 可行性研究报告 申请书 照片
财务报表 章程 会议决议 Excel表格 电子证照
"""

WHOSE = ["", "县级", "跨县", "外商投资", "中外合资", "农村", "社区", "乡镇", "个体", "连锁", "临时", "特殊"]
THINGS = _THINGS.split()
ACTS = ["许可", "审批", "核准", "登记", "备案", "认定", "确认", "给付"]
VARIANTS = ["新办", "变更（地址）", "变更（名称）", "延续", "补办", "注销", "Ａ类", "B类"]
EVERYDAY = _EVERYDAY.split()
TOPICS = ["我要开店", "结婚生育", "入学升学", "退休养老", "企业开办", "置业安居", "交通出行", "文化体育"]
PEOPLE = ["申请人", "法定代表人", "负责人", "经营者", "代理人", "监护人", "企业", "事业单位", "社会组织"]
DOES = ["应当提交", "需要具备", "不得使用", "可以委托", "在线填写", "到窗口核对", "按期缴纳", "妥善保管", "如实说明"]
PAPERS = _PAPERS.split()
ENDS = [
    "。",
    "；",
    "，由主管部门核实。",
    "，有效期五年。",
    "，逾期不予受理。",
    "（原件1份）。",
    "，一次性告知。",
    " 见附件A4。",
]
COMMON = (
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就"
    "分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经"
)


@dataclass(frozen=True)
class Item:
    """A made-up item, as its fields stand in a guide."""

    code: str
    name: str
    english: str
    aliases: tuple[str, ...]
    topics: tuple[str, ...]
    texts: Mapping[Field, str]
    effective_from: date = date(2025, 1, 1)
    until: date | None = None

    @cached_property
    def plain(self) -> tuple[list[str], list[str], list[str], list[str]]:
        """Names, aliases, topics and texts, as they are compared."""
        parts = ([self.name, self.english], self.aliases, self.topics, self.texts.values())
        names, aliases, topics, texts = ([_plain(each) for each in part] for part in parts)
        return names, aliases, topics, texts

    def document(self) -> Document:
        """As the index takes it. The initials are those of the Latin letters: readings have a test of their own."""
        lines = [(Field.NAME, self.name), (Field.NAME, self.english)]
        lines += [(Field.ALIAS, each) for each in self.aliases] + [(Field.TOPIC, each) for each in self.topics]
        return Document(
            code=self.code,
            version=1,
            name=self.name,
            english=self.english,
            effective_from=self.effective_from,
            until=self.until,
            body=body([*lines, *self.texts.items()]),
        )


def items(count: int, seed: int = 1) -> list[Item]:
    """So many items: a name, here and there aliases and topics, and about 450 characters of guide, by code."""
    draw = random.Random(seed)
    # Words of two characters that only a few guides have, so that rare pairs are there, too.
    rare = ["".join(draw.choices([chr(each) for each in range(0x4E00, 0x5E00)], k=2)) for _ in range(500)]
    made = []
    for number in range(count):
        name = f"{draw.choice(WHOSE)}{draw.choice(THINGS)}{draw.choice(ACTS)}-{draw.choice(VARIANTS)}"
        texts = {
            Field.SUMMARY: _sentences(draw, rare, 3),
            Field.CONDITION: _sentences(draw, rare, 8),
            Field.MATERIAL: "、".join(draw.sample(PAPERS, 6)),
            Field.FLOW: _sentences(draw, rare, 8),
            Field.QUESTION: _sentences(draw, rare, 6),
        }
        late = draw.random() < 0.02
        made.append(
            Item(
                # The letter keeps two runs of digits apart: together they could look like a number found nowhere else.
                code=f"{draw.randrange(10**11):011}U{number:09d}",
                name=name,
                english=f"Item {number} licence" if draw.random() < 0.2 else "",
                aliases=tuple(draw.sample(EVERYDAY, draw.choice([0, 0, 1, 2]))),
                topics=tuple(draw.sample(TOPICS, draw.choice([0, 1]))),
                texts=texts,
                effective_from=DAY + timedelta(days=1) if late else date(2025, 1, 1),
                until=DAY if not late and draw.random() < 0.02 else None,
            )
        )
    return sorted(made, key=lambda each: each.code)


def _sentences(draw: random.Random, rare: Sequence[str], count: int) -> str:
    parts = []
    for _ in range(count):
        filling = "".join(draw.choices(COMMON, k=4)) + (draw.choice(rare) if draw.random() < 0.2 else "")
        parts += [draw.choice(PEOPLE), draw.choice(DOES), filling, draw.choice(PAPERS), draw.choice(ENDS)]
    return "".join(parts)


# The truth


Everyday = Mapping[str, Sequence[str]]
"""Everyday words with the parts of names they stand for."""


def truth(made: Sequence[Item], query: str, everyday: Everyday, on: date = DAY) -> list[tuple[int, str]]:
    """(rank, code) of every item that has all words of the query, in the order of the answer."""
    words = [
        (word, [_plain(part) for said, parts in everyday.items() if _plain(said) in word for part in parts])
        for word in _plain(query).split()
    ]
    found = []
    for each in made:
        if each.effective_from <= on and (each.until is None or each.until > on):
            ranks = [_rank(each, word, parts) for word, parts in words]
            if None not in ranks:
                found.append((max(rank for rank in ranks if rank is not None), each.code))
    return sorted(found)


def _rank(item: Item, word: str, stands_for: Sequence[str]) -> int | None:
    names, aliases, topics, texts = item.plain
    if word in names:
        return 0
    if any(name.startswith(word) for name in names):
        return 1
    if any(word in name for name in names):
        return 2
    if any(word in each for each in aliases) or any(part in name for part in stands_for for name in names):
        return 3
    if any(word in each for each in topics):
        return 5
    return 6 if any(word in each for each in texts) else None


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().strip()


def queries(made: Sequence[Item], length: int, count: int, seed: int = 2) -> list[str]:
    """Pieces of so many characters, cut at random out of names, words of every day, topics and guides."""
    draw = random.Random(seed)
    found: list[str] = []
    while len(found) < count:
        item = draw.choice(made)
        text = draw.choice([item.name, item.name, *item.aliases, *item.topics, *item.texts.values()])
        start = draw.randrange(max(1, len(text) - length + 1))
        piece = text[start : start + length]
        if len(piece.split()) == 1 and len(_plain(piece)) == length and piece not in found:
            found.append(piece)
    return found
