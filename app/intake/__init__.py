"""Intake: the draft, sending it once, the code, and coming back with it.

It may know a report only while it is being sent: it seals, and holds no key that opens.
With a code it opens what staff wrote and adds to the inbox, and nothing else.
"""
