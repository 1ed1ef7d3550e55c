"""Who works where: regions and their profiles, agencies, units, staff and their posts, who stands in for whom.

Read `models`, `rulebook` (the files it is loaded from), `load`, `queries` (who somebody is, today).
"""
