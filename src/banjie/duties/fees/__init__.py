"""Fees: charged by the guide alone, paid through a provider, told to the case, refunded, reconciled day by day.

Read in this order: `provider.py` (what a payment provider can be asked), `recording.py` (the facts of a fee and the
rows they make), `raising.py` (a charge comes into the case), `paying.py` (orders, and the worker that asks the
provider), `follow.py` (what is owed back when a case ends), `reconciling.py` (each day against its statement).
"""
