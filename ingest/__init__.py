"""Bytes in: mail fetched from an IMAP mailbox, a watched folder or files, into the archive and the ledger, unread.

In charge of sessions, providers' habits, which messages are new, and of getting each one whole. Leaves what a mail
says to `parsers`, and what was taken in to `store`. Nothing on a server or in a watched folder is ever changed.
"""
