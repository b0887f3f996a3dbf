"""Run Lambda functions as Lambda does: Amazon's own Python runtime client, a Runtime API, capped workers.

The emulator's own workers lose the class of an exception, which is what Retry and Catch match; they see the
person's whole environment, and there is no limit to how many of them run.
"""
