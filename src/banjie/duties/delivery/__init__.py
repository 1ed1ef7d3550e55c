"""Delivery: how a result reaches the applicant, and the proof that it did (送达; 许可法 44).

Read in this order: `carrier.py` (what a carrier can be asked), `recording.py` (the facts of a delivery and the rows
they make), `choosing.py` (the applicant says how), `handing.py` (across the window, and into the inbox), `sending.py`
(by post: parcels, and the worker that asks the carrier), `ledger.py` (what the government pays).
"""
