"""Measurements in the shapes that Get* operations answer with."""
