"""What a viewer likes to see, and how much of it each moment of a film has."""
