"""Failures: how many requests of each side, and how many background jobs, failed in which hour.

It knows four parts and a number, and nothing of what was asked for, by whom, or why it failed: that stands in the log,
by kind and place. It may touch storage and nothing above it.
"""
