"""MiniStack with the corrections that our state machines and functions need.

The package is MIT-licensed third-party code and stays untouched: everything here wraps or replaces functions
at start, in our own process.
"""
