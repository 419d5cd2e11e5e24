"""Backups: everything that must survive the machine, sealed to a key that lies on paper, and back.

It stands above the rooms because it carries the rows of all of them, without opening one. A backup shows its size and
its day, nothing else. Beside it lies the list of what stands: whatever was taken back after a backup was made does not
come back with it. This room decides no retention and knows no settings; folders and moments are passed in.
"""
