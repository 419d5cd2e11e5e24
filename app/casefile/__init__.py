"""The case file: a case, its compartments, the grants that open them, the items inside.

It seals and opens; it may not know a route, a rule of routing, or what an answer means.
Deleting the last grant makes a case noise, and needs no key.
"""
