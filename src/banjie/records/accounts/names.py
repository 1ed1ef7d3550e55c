"""What a user name may look like: nothing by which its owner could be found elsewhere."""

import re

SHAPE = re.compile(r"[a-z][a-z0-9._-]{3,29}", re.ASCII)
LONG_NUMBER = re.compile(r"\d{6}")


def problem(username: str) -> str:
    """What is wrong with a user name somebody chooses, as a code of the problems; "" where nothing is.

    It stands in clear in the database. So it begins with a letter, has none of Chinese and no @, and no number as long
    as those of telephones and identity cards: a name, an address or a number of a person does not fit.
    """
    plain = username.strip().lower()
    if not SHAPE.fullmatch(plain):
        return "not_a_user_name"
    return "user_name_tells_a_number" if LONG_NUMBER.search(plain) else ""
