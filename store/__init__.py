"""What is kept: raw mail and files by content, and one database of what became of them.

In charge of durability: the blob archive, tables and migrations, leases, transactions, the outbox's rows, verification.
Leaves reading files to `parsers`, judging to `validators`, wires to `ingest` and `notify`, and the clock to its callers.
"""
