"""PostgreSQL with a second lock: the database itself gives nobody the rows of a case that is not theirs."""
