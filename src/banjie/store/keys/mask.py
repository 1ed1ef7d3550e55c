"""Personal data as they are shown to whoever has no reason to see more."""

import re

STAR = "*"
NO_STREET = r"[^路街道巷镇乡村号弄\d]"
DISTRICT = re.compile(
    rf"(?:{NO_STREET}{{2,3}}省|{NO_STREET}{{2,5}}自治区)?"
    rf"(?:{NO_STREET}{{1,8}}?(?:自治州|地区|[市盟]))?"
    rf"(?:{NO_STREET}{{1,9}}?(?:自治县|自治旗|[区县旗市]))?"
)
"""Province, city and county, whichever are named; never anything behind the name of a street or village."""


def mask_name(name: str) -> str:
    """张* · 李*敏 · 欧**娜: the first character, and the last of three or more."""
    plain = name.strip()
    if len(plain) < 2:
        return STAR * len(plain)
    if len(plain) == 2:
        return plain[0] + STAR
    return plain[0] + STAR * (len(plain) - 2) + plain[-1]


def mask_id(number: str) -> str:
    """110*************34: the first three and the last two; nothing of a number shorter than eight."""
    plain = number.strip()
    if len(plain) < 8:
        return STAR * len(plain)
    return plain[:3] + STAR * (len(plain) - 5) + plain[-2:]


def mask_phone(number: str) -> str:
    """138****3210: the first three and the last four; of a shorter number only the last two."""
    plain = re.sub(r"[^\d]", "", number.strip().removeprefix("+86"))
    if len(plain) < 11:
        return STAR * max(len(plain) - 2, 0) + plain[-2:] if len(plain) > 4 else STAR * len(plain)
    return plain[:3] + STAR * (len(plain) - 7) + plain[-4:]


def mask_address(address: str) -> str:
    """江苏省南京市江宁区****: down to the county or district, or else to the city; nothing where neither is named."""
    plain = address.strip()
    found = DISTRICT.match(plain)
    return (found.group() if found else "") + STAR * 4 if plain else ""
