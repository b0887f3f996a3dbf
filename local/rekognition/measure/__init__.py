"""What is measured on a film, in one decode pass."""
