"""The trail: every staff action, sealed to the auditors, signed by whoever acted, and chained.

It knows ids, public keys and the chain; it may not know what an action means or who a
person is. Rewriting it unnoticed takes the signing keys of the people in it; cutting it
short or putting back yesterday's copy shows against a head that was noted elsewhere.
"""
