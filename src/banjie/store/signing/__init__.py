"""Signing: the keys of seals, signatures inside PDF files, the drawn seal, and SM2 for records. Knows no case.

`custody.keys()` says where the keys lie (BANJIE_SEAL_KEYS); `pades.sign` and `pades.check` are the two ends of a sealed
document; `provider.provider()` signs records. Every signature of a seal's key is counted in a journal beside the keys.
"""
