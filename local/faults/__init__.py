"""Faults in front of the AWS of one machine: planned, seeded, replayable.

A plan is a JSON file that `TRAILER_FAULTS` names. Without that variable nothing here is ever called: the
services install no hook and pay nothing. With it, each process of the local AWS reads the same file, again
whenever it changes, and writes into a journal what it did. Nothing of the product knows of it.
"""
