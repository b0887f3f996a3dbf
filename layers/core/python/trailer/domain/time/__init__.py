"""Exact time: frames, ranges of frames, timecode."""
