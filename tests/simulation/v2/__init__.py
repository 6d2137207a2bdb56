"""Version 2: what a seed draws, and a model of a project."""
