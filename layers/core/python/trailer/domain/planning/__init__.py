"""From an analysed film and a viewer profile to the clips of a trailer."""
