"""A stand-in for a payment provider (演示支付): orders, a page to pay them with a phone, refunds, day statements.

The fault `lie`: it says that an order was paid, and its statement does not have it.
"""

import secrets
from datetime import timedelta
from html import escape
from typing import Any

from banjie.demo.peers.serving import SaysNo, StandIn
from banjie.engine.codec import OFFICE_ZONE, instant, microseconds
from banjie.words.money import yuan

LASTS = timedelta(minutes=30)

PAGE = """<!DOCTYPE html><html lang="zh-Hans"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>演示支付</title>
<style>body{{font:1.1rem/1.6 system-ui,sans-serif;margin:0;padding:1.5rem;max-inline-size:28rem;margin-inline:auto;
color:#1b1b1b;background:#fff}}
h1{{font-size:1.4rem}}.sum{{font-size:2rem;font-weight:700}}button{{font:inherit;inline-size:100%;min-block-size:3rem;
margin-block:.5rem;border-radius:.5rem;border:2px solid #0b5e3c;background:#0b5e3c;color:#fff}}
button.quiet{{background:#fff;color:#0b5e3c}}.note{{background:#fff4d6;border-inline-start:.3rem solid #8a5a00;
padding:.75rem}}</style></head><body><main>
<h1>演示支付平台</h1><p class="note">这是演示用的支付页面，不会发生任何真实的资金往来。</p>
<p>{what}</p><p class="sum">{amount}</p>{form}</main></body></html>"""
FORM = """<form method="post"><button name="do" value="pay">确认支付（演示）</button>
<button class="quiet" name="do" value="fail">支付失败（演示）</button></form>"""
SAID = {
    "paid": "<p><strong>支付成功。</strong>可以关闭本页，回到办件页面查看缴费凭证。</p>",
    "failed": "<p><strong>支付没有成功，没有扣款。</strong>请回到办件页面重新发起缴费。</p>",
    "expired": "<p><strong>订单已过期，没有扣款。</strong>请回到办件页面重新发起缴费。</p>",
    "refunded": "<p><strong>已全额退款。</strong></p>",
}


class Payments(StandIn):
    """The provider."""

    path = "/peers/payment/"

    def answer(self, method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """POST /orders · GET /orders/<id> · POST /orders/<id>/refund · GET /statements/<day>."""
        match [method, *path.strip("/").split("/")]:
            case ["POST", "orders"]:
                return self._create(body)
            case ["GET", "orders", order]:
                return self._told(self._order(order))
            case ["POST", "orders", order, "refund"]:
                return self._refund(self._order(order), int(body["amount"]))
            case ["GET", "statements", day]:
                return {"lines": self._statement(day)}
        raise SaysNo(404, "no_such_address")

    def _create(self, body: dict[str, Any]) -> dict[str, Any]:
        order = str(body["order"])
        row = self.books.get(order)
        if row is None:
            row = self.books[order] = {
                "state": "waiting",
                "amount": int(body["amount"]),
                "what": str(body["what"])[:60],
                "token": secrets.token_urlsafe(12),
                "reference": f"YS{secrets.randbelow(10**14):014d}",
                "expires_at": microseconds(self.now() + LASTS),
            }
        elif row["amount"] != int(body["amount"]):
            raise SaysNo(409, "order_known_with_another_amount")
        return self._told(row)

    def _order(self, order: str) -> dict[str, Any]:
        if order not in self.books:
            raise SaysNo(404, "unknown_order")
        return self.books[order]

    def _told(self, row: dict[str, Any]) -> dict[str, Any]:
        if row["state"] == "waiting" and microseconds(self.now()) >= row["expires_at"]:
            row["state"] = "expired"
        told = {name: row[name] for name in ("state", "amount", "reference", "expires_at")}
        return told | {"at": row.get("refunded_at") or row.get("paid_at"), "page": f"{self.url}/pay/{row['token']}"}

    def _refund(self, row: dict[str, Any], amount: int) -> dict[str, Any]:
        if row["state"] == "paid":
            if amount != row["amount"]:
                raise SaysNo(409, "amount_differs")
            row["state"], row["refunded_at"] = "refunded", microseconds(self.now())
        if row["state"] != "refunded":
            raise SaysNo(409, "not_paid")
        return self._told(row)

    def _statement(self, day: str) -> list[dict[str, Any]]:
        lines = []
        for order, row in self.books.items():
            for kind, at in (("payment", row.get("paid_at")), ("refund", row.get("refunded_at"))):
                if at and not row.get("lie") and instant(at).astimezone(OFFICE_ZONE).date().isoformat() == day:
                    lines.append({"kind": kind, "order": order, "amount": row["amount"] + row.get("wrong_by", 0)})
        return lines

    # People

    def page(self, method: str, path: str, body: bytes) -> tuple[int, str] | None:
        """The page on which one pays."""
        if not path.startswith("/pay/"):
            return None
        order = next((each for each, row in self.books.items() if row["token"] == path[5:]), None)
        if order is None:
            return 404, PAGE.format(what="没有这个订单。", amount="", form="")
        if method == "POST":
            self.pay(order, fails=b"do=fail" in body)
        with self.lock:
            row = self.books[order]
            self._told(row)
        form = SAID.get(row["state"], FORM)
        return 200, PAGE.format(what=escape(row["what"]), amount=yuan(row["amount"]), form=form)

    def pay(self, order: str, *, fails: bool = False) -> None:
        """Somebody pays an order, or tries to; the installation hears of it as the faults have it."""
        with self.lock:
            row = self.books[order]
            if self._told(row)["state"] != "waiting":
                return
            row["state"] = "failed" if fails else "paid"
            if not fails:
                row["paid_at"] = microseconds(self.now())
                row["lie"] = self.faults.draw("lie") == "lie"
            self.save()
        self.call_back(order, row["state"])

    def tick(self) -> None:
        """Orders expire when they are asked about."""
