"""Amounts of money in words: kept as whole fen everywhere, said in yuan."""

from banjie.words.catalogue import DEFAULT


def yuan(fen: int, language: str = DEFAULT) -> str:
    """An amount as a page says it.

    >>> yuan(123456), yuan(-50, "en")
    ('1234.56 元', '¥-0.50')
    """
    sign = "-" if fen < 0 else ""
    whole, rest = divmod(abs(fen), 100)
    said = f"{sign}{whole}.{rest:02d}"
    return f"¥{said}" if language.lower().startswith("en") else f"{said} 元"
