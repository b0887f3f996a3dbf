"""What is in a film: shots, scenes, speech, evidence, and the rules that follow from the film alone."""
