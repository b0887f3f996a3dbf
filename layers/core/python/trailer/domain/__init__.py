"""Pure rules of the field: time, shots, scenes, evidence, relevance, planning. Standard library only."""
