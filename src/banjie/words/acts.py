"""What a fact is called in a few words, and the article of law it rests on."""

from banjie.words.catalogue import DEFAULT, catalogue, label


def act_name(kind: str, language: str = DEFAULT) -> str:
    """The short name of a kind of fact; "" for one that has none."""
    return label("acts", kind, language) if kind in catalogue(language)["acts"] else ""


def act_basis(kind: str, language: str = DEFAULT) -> str:
    """The article a kind of fact rests on; "" where no law speaks of it."""
    return str(catalogue(language)["acts"].get(kind, {}).get("basis", ""))
