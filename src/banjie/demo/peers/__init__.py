"""Stand-ins for the peers of a county: a payment provider and a carrier, as real HTTP servers with faults.

They stand beside the demo on loopback, and before the tests. No money moves and no parcel travels. `serving.py` is what
both share: signatures, faults drawn by seed, calls back; then `payments.py` and `carrier.py`.
"""
