"""The words everyone here uses, as frozen values, and the normal forms of names and numbers.

In charge of vocabulary and of pure text rules. Knows no file format, no database, no network, no clock.
"""
