"""Who came to which door: visits and papers of cases, inquiries with who answers for them, and wrong doors.

Read `models` (the rows), `inquiries` (首问责任: what the staff record), `follow` (rows from the feed), `queries`.
"""
