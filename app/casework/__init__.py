"""Casework: what a caseworker does with a case, from the list to the answer.

It may open a case only with the keys of the member who asks; every opening stands on the
record. It knows no page and no form.
"""
