"""Django's SQLite backend with durability that is checked and writers that queue.

Used as ENGINE "banjie.store.sqlite". Read `base` (what a new connection sets and reads back), then `lock` (how
writers of all threads and processes queue for one database file).
"""
