"""The demonstration: a made-up cast and made-up families, put in through the real doors.

It founds and sends as everybody else does; it may not write a row of its own.
"""
