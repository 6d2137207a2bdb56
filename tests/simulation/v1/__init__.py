"""Version 1: what a seed draws, and a model of a bot."""
