"""Jobs: the table of what is due, and the leases of the workers that do it.

It knows kinds, keys and times, and nothing of what a job does: that is handed to the worker.
A job carries ids only, since the table lies in clear. It may touch storage and nothing above it.
"""
