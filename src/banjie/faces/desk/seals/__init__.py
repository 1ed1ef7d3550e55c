"""Seals at the desk: the register, the two-person ceremonies, the keeper's queue, and what was sealed and refused."""
