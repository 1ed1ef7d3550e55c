"""What the examples of the style page are given: invented, in Chinese as most pages are, and the same on every day."""

from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

from django import forms

from banjie.engine.codec import OFFICE_ZONE
from banjie.engine.timelimits import Limit, Unit
from banjie.web import charts

AT = datetime(2026, 3, 2, 9, 30, tzinfo=OFFICE_ZONE)


class Sample(SimpleNamespace):
    """A thing with the attributes it is made with; any other is empty, so that a template may ask for more."""

    def __getattr__(self, name: str) -> str:
        if name.startswith("_"):
            raise AttributeError(name)
        return ""


class Example(forms.Form):
    """A field of each kind."""

    name = forms.CharField(label="姓名", help_text="与身份证上的一致。")
    phone = forms.CharField(label="手机号码", help_text="办理进展发到这个号码。")
    text = forms.CharField(label="说明", widget=forms.Textarea(attrs={"rows": 2}), required=False)
    kind = forms.ChoiceField(label="申请人类型", choices=[("person", "个人"), ("enterprise", "企业")])
    way = forms.ChoiceField(
        label="领取方式", choices=[("window", "窗口领取"), ("post", "邮寄")], widget=forms.RadioSelect
    )
    agree = forms.BooleanField(label="同意电子送达")


def _month() -> Sample:
    """A month with days off, a make-up day and a day that is new."""
    kinds = dict.fromkeys(range(15, 24), "holiday") | {14: "make_up_day", 28: "make_up_day"}
    days = [date(2026, 2, number) for number in range(1, 29)]
    cells = [
        Sample(
            day=each,
            kind=kinds.get(each.day, "weekend" if each.weekday() >= 5 else "working_day"),
            said="春节" if each.day in range(15, 24) else "",
            is_changed=each.day == 23,
        )
        for each in days
    ]
    padded: list[Sample | None] = [None] * 6 + cells + [None]  # February 2026 begins on a Sunday
    return Sample(name="2026-02", weeks=[padded[at : at + 7] for at in range(0, 35, 7)])


def given() -> dict[str, Any]:
    """Everything the examples name."""
    wrong = Example({"name": "", "phone": "1380", "text": "", "kind": "person", "agree": ""})
    wrong.add_error("phone", "手机号码是 11 位数字，请再看一看。")
    right = Example(initial={"name": "白禾", "phone": "13800000003", "kind": "person", "way": "post"}, auto_id="ok_%s")
    return {
        "form": right,
        "wrong_form": wrong,
        "wrong_pairs": [("id_name", "姓名：请填写。"), ("id_phone", "手机号码：应当是 11 位数字。")],
        "pairs": [("办件编号", "11999921MB0000001X26030200017"), ("收件时间", "2026年3月2日 9:30"), ("联系人", "周宁")],
        "short_pairs": [("承诺", "8 个工作日"), ("法定", "20 个工作日"), ("跑动次数", "0"), ("收费", "不收费")],
        "milestones": [
            {"name": "收件", "on": date(2026, 3, 2), "is_now": False},
            {"name": "受理", "on": date(2026, 3, 3), "is_now": False},
            {"name": "决定", "on": None, "is_now": True},
            {"name": "送达结果", "on": None, "is_now": False},
        ],
        "told": [
            Sample(at=AT, sentence="云岭县市场监督管理局受理了申请。"),
            Sample(at=AT.replace(hour=8), sentence="申请人提交了申请。"),
        ],
        "act_sample": Sample(
            position=7,
            at=AT,
            on=AT.date(),
            name="准予行政许可",
            by="云岭县市场监督管理局 · 审批科",
            duty="决定",
            basis="行政许可法第三十七条、第三十八条第一款",
            own_basis=["食品安全法第三十五条"],
            criteria=[Sample(text="有固定的经营场所", basis="食品安全法第三十三条")],
            facts=[Sample(on=AT.date(), text="受理"), Sample(on=AT.date(), text="环节完成 · 书面审查")],
            papers=[("准予许可决定书", "26030200000017-07")],
            starts=[Sample(name="颁证送达时限", due=date(2026, 3, 26), provisional=False)],
            hash="204a90aa732d47c8",
        ),
        "verdict_good": _verdict("genuine", state="valid", is_good=True, record_signed=True),
        "verdict_over": _verdict("genuine", state="revoked", since=AT.date(), record_signed=True),
        "verdict_bad": Sample(answer="altered", record_signed=None),
        "verdict_unknown": Sample(answer="unknown", record_signed=None),
        "sentences": ["窗口收件。", "书面审查与现场核查同时进行。", "作出决定。"],
        "trail_pairs": [("#trail", "办事事项"), ("#trail", "食品经营许可")],
        "months": [_month()],
        "span_form": Example(initial={"name": "春节", "phone": "2026-02-15", "text": "2026-02-23"}, auto_id="span_%s"),
        "section_links": [("#section_nav", "基本信息", ""), ("#here", "材料", 3), ("#other", "流程", "")],
        "head": ["环节", "件数", "平均天数"],
        "rows": [["受理", "41", "0.6"], ["书面审查", "38", "2.1"], ["现场核查", "22", "4.8"]],
        "clock": _clock(),
        "clocks": [_clock()],
        "lights": ["green", "yellow", "orange", "red", "red_plus", "blue", "grey"],
        "stages": ["submitted", "accepted", "decided"],
        "until": AT.replace(minute=32),
        "document": _document(),
        "sampled": Sample(sample="mandate", blank="mandate"),
        "answer_sample": _material(),
        "materials_sample": Sample(is_window=False, form_choices=[]),
        "plain_ask": Sample(
            is_plain=True, address="#ask", hidden_fields=[], help="申请人改变主意的，可以随时撤回。", name="撤回申请"
        ),
        "open_ask": Sample(
            is_plain=False,
            address="#ask",
            anchor="ask-open",
            hidden_fields=[],
            help="写明补正的内容和理由，一次性告知。",
            name="告知补正",
            title="材料不齐，告知补正",
            is_bound=True,
            stands_open=True,
            takes_files=False,
            non_field_errors=[],
            template="web/ask_fields.html",
            shown=[right["text"]],
        ),
        "points_ask": _points(right),
        "waiting_tasks": [
            Sample(
                query_number="26030200000017",
                slug="document_review",
                item="食品经营许可-新办",
                what="审查",
                people=people,
                post="科室负责人",
                unit="licensing",
                opened_on=AT.date(),
                due_on=date(2026, 3, 6),
                left=4 if people else -1,
                late=1,
                light="green" if people else "red",
                is_free=not people,
            )
            for people in ("", "陈瑜")
        ],
        "judged_ask": Sample(
            judged=[
                Sample(
                    standard=Sample(
                        name="有固定的经营场所",
                        basis="食品安全法第三十三条",
                        proofs=[
                            Sample(
                                name="经营场所平面图",
                                provided=Sample(form="copy"),
                                files=[],
                                material=Sample(standard="标明各功能区的位置和面积。"),
                                defects=[],
                            )
                        ],
                        answers=[Sample(name="经营面积", value="86")],
                        benchmarks=[],
                    ),
                    choice=right["way"],
                    explanation=right["text"],
                )
            ]
        ),
        "line_sample": _line(is_online=True),
        "offline_sample": _line(is_online=False),
        "found": [Sample(word="开饭店", field="aliases", text="开饭店")],
        "looked": Sample(q="食品", after="7", is_first=False),
        "bars": charts.bars(
            "example-bars",
            "各环节平均用时",
            "现场核查用时最长，平均 4.8 个工作日。",
            ("环节", "工作日"),
            [("受理", 0.6), ("书面审查", 2.1), ("现场核查", 4.8), ("决定", 1.2)],
        ),
        "trend": charts.trend(
            "example-trend",
            "收件与办结",
            "十月起办结多于收件。",
            ("月份", "收件", "办结"),
            [("7月", 30, 22), ("8月", 41, 33), ("9月", 37, 36), ("10月", 35, 40), ("11月", 33, 41)],
        ),
    }


def _document() -> Sample:
    """A document with each kind of part."""
    room = Sample(name="就餐区", x=0, y=0, width=700, height=500, middle_x="350", middle_y="250", square_metres=35.0)
    field = Sample(label="姓名", value="汤兰", help="与身份证上的一致。")
    parts = [
        Sample(heading="一、受托人", fields=[field]),
        Sample(heading="二、平面图", rooms=[room], view="-20 -20 740 540"),
        Sample(columns=["序号", "制度"], rows=[["1", "进货查验制度"]], lines=["生熟不交叉。"]),
    ]
    return Sample(title="授权委托书", parts=parts, signature="委托人", signed_by="单巧云", signed_on="2026年3月2日")


def _line(is_online: bool) -> Any:
    return Sample(
        item=Sample(
            code="11999921009900208U400013102900001",
            name="食品经营许可-新办（热食类）",
            summary="开餐馆、食堂或其他现场制售热食的场所，开业前申请。",
            agency="云岭县市场监督管理局",
            committed_limit=Limit(8, Unit.WORKING_DAY),
            statutory_limit=Limit(10, Unit.WORKING_DAY),
            visits=0,
            fee="不收费",
        ),
        found=[],
        answers=Sample(
            where="云岭县政务服务中心综合受理窗口",
            whom="政务服务大厅综合受理窗口",
            what="食品经营许可证",
            how="窗口、网上",
        ),
        route=Sample(
            name="全程网办" if is_online else "窗口办理",
            is_online=is_online,
            offline_reason="" if is_online else "须当面签字。",
        ),
    )


def _clock() -> Any:
    days = [
        Sample(
            day=date(2026, 3, 2),
            on="3月2日",
            weekday="周一",
            counted=False,
            number=0,
            reason="收到当日不计",
            provisional=False,
        ),
        Sample(
            day=date(2026, 3, 3),
            on="3月3日",
            weekday="周二",
            counted=True,
            number=1,
            reason="工作日",
            provisional=False,
        ),
        Sample(
            day=date(2026, 3, 4),
            on="3月4日",
            weekday="周三",
            counted=True,
            number=2,
            reason="工作日",
            provisional=False,
        ),
    ]
    explanation = Sample(
        due=date(2026, 3, 4),
        provisional=False,
        summary="自收到之日起 2 个工作日。",
        basis="行政许可法第三十二条。",
        standing="",
        lines=days,
    )
    return Sample(name="答复期限", light="green", refusal=None, explanation=explanation)


def _material() -> Any:
    material = Sample(id="licence", provider="applicant", originals=1, copies=0, necessary=True, standard="")
    file = Sample(token="example", id="1", name="营业执照.pdf", size=182_000)
    return Sample(
        material=material,
        key="licence",
        name="营业执照",
        explained="",
        condition="",
        why="",
        shows=(),
        faults=["这个文件打不开，请换一个。"],
        received=[file],
        form="",
        is_ticked=False,
    )


def _verdict(answer: str, **told: Any) -> Any:
    return Sample(
        answer=answer,
        name="食品经营许可证",
        number="JY-260302ABCDEF12",
        identifier="1.2.156.3005.2.11999900009900312J001.11999921009900208U.260302ABCDEF12.001.K",
        agency="云岭县市场监督管理局",
        holder="云岭县山居小馆",
        dated=AT.date(),
        valid_to=date(2031, 3, 1),
        **told,
    )


def _points(form: forms.Form) -> Any:
    field = form["way"]
    subject = Sample(name="营业执照", is_open=True, boxes=list(field), explanation=form["text"])
    return Sample(subjects=[subject], points=Sample(label="需要补正的内容", help_text="逐项勾选。", errors=[]))
