"""Merkle trees as RFC 6962 and RFC 9162 have them: roots, inclusion proofs, consistency proofs. No database.

    leaf(data) = SHA-256(0x00 ‖ data)        node(left, right) = SHA-256(0x01 ‖ left ‖ right)

A tree of n leaves is split at the largest power of two below n; its left part is perfect. `Tree` answers from perfect
subtrees that somebody keeps (see `tree`); the two `verify_…` functions need nothing but their arguments.
"""

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256

HASH = 32
EMPTY = sha256(b"").digest()
"""The root of a tree without leaves."""
HEIGHT = 8
WIDTH = 1 << HEIGHT
"""A tile holds the hashes of up to 256 neighbours: leaves on level 0, roots of full tiles of the level below above."""

Tiles = Callable[[int, int], bytes]
"""(level, number) → the hashes of that tile, one after the other."""


def leaf(data: bytes) -> bytes:
    """The hash of a leaf."""
    return sha256(b"\x00" + data).digest()


def node(left: bytes, right: bytes) -> bytes:
    """The hash over two subtrees."""
    return sha256(b"\x01" + left + right).digest()


def pyramid(hashes: bytes) -> list[list[bytes]]:
    """Every perfect subtree of a tile, by height from 0 (the hashes themselves) to 8 (the one over a full tile)."""
    rows = [[hashes[at : at + HASH] for at in range(0, len(hashes), HASH)]]
    while len(rows[-1]) > 1:
        below = rows[-1]
        rows.append([node(below[at], below[at + 1]) for at in range(0, len(below) - 1, 2)])
    return rows


class Tree:
    """A tree read from tiles. What it has read it keeps: make one for a request, not for a life."""

    def __init__(self, tiles: Tiles) -> None:
        self._tiles = tiles
        self._kept: dict[tuple[int, int], list[list[bytes]]] = {}

    def root(self, size: int) -> bytes:
        """The root over the first `size` leaves."""
        return self._over(0, size) if size else EMPTY

    def inclusion(self, index: int, size: int) -> list[bytes]:
        """The siblings from the leaf to the root; IndexError where the leaf is not among the first `size`."""
        if not 0 <= index < size:
            raise IndexError(f"leaf {index} is not in a tree of {size}")
        path: list[bytes] = []
        low, high = 0, size
        while high - low > 1:
            middle = low + _split(high - low)
            if index < middle:
                path.append(self._over(middle, high))
                high = middle
            else:
                path.append(self._over(low, middle))
                low = middle
        return path[::-1]

    def consistency(self, old: int, new: int) -> list[bytes]:
        """What shows that the first `old` leaves of a tree of `new` are the tree of that size; IndexError if not ≤."""
        if not 0 <= old <= new:
            raise IndexError(f"a tree of {new} leaves says nothing about one of {old}")
        if old in (0, new):
            return []
        path: list[bytes] = []
        low, high, is_whole = 0, new, True
        while old != high:
            middle = low + _split(high - low)
            if old <= middle:
                path.append(self._over(middle, high))
                high = middle
            else:
                path.append(self._over(low, middle))
                low, is_whole = middle, False
        if not is_whole:
            path.append(self._over(low, high))
        return path[::-1]

    def leaf(self, index: int) -> bytes:
        """The hash of one leaf."""
        return self._perfect(index, 0)

    def _over(self, low: int, high: int) -> bytes:
        """The hash over these leaves; `low` is where the tree is split, so all but the right edge is perfect."""
        size = high - low
        if size & (size - 1) == 0:
            height = size.bit_length() - 1
            return self._perfect(low >> height, height)
        middle = low + _split(size)
        return node(self._over(low, middle), self._over(middle, high))

    def _perfect(self, number: int, height: int) -> bytes:
        """The subtree of 2^height leaves that is the `number`-th of its height."""
        level, within = divmod(height, HEIGHT)
        tile, place = divmod(number << within, WIDTH)
        rows = self._kept.get((level, tile))
        if rows is None:
            rows = self._kept[level, tile] = pyramid(self._tiles(level, tile))
        return rows[within][place >> within]


def _split(size: int) -> int:
    """The largest power of two below a size of two or more."""
    return 1 << (size - 1).bit_length() - 1


class Frontier:
    """The roots of the perfect subtrees along the right edge: enough to add leaves and say the root at any moment."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []

    def add(self, leaf_hash: bytes) -> None:
        """One more leaf."""
        self.size += 1
        carry = self.size
        while not carry & 1:
            leaf_hash = sha256(b"\x01" + self._peaks.pop() + leaf_hash).digest()
            carry >>= 1
        self._peaks.append(leaf_hash)

    def root(self) -> bytes:
        """The root over all leaves so far."""
        if not self._peaks:
            return EMPTY
        whole = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            whole = node(peak, whole)
        return whole


def root_of(leaves: Iterable[bytes]) -> bytes:
    """The root over these leaf hashes."""
    edge = Frontier()
    for each in leaves:
        edge.add(each)
    return edge.root()


def verify_inclusion(leaf_hash: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether this leaf stands at this index of the tree with this root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size or any(len(each) != HASH for each in path):
        return False
    place, last, whole = index, size - 1, leaf_hash
    for sibling in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            whole = node(sibling, whole)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            whole = node(whole, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and whole == root


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]) -> bool:
    """Whether the tree of `new` leaves begins with the tree of `old` (RFC 9162, 2.1.4.2)."""
    if not 0 <= old <= new or any(len(each) != HASH for each in path):
        return False
    if old == 0:
        return not path and old_root == EMPTY
    if old == new:
        return not path and old_root == new_root
    steps = list(path)
    if old & (old - 1) == 0:
        steps.insert(0, old_root)
    if not steps:
        return False
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    before = after = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            before, after = node(step, before), node(step, after)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            after = node(after, step)
        place, last = place >> 1, last >> 1
    return last == 0 and before == old_root and after == new_root
