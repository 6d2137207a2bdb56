"""Whole runs over version 2 of the API."""
