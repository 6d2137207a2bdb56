"""Version 2 of the API: slot fillers of a flow, each changed field by field.

capabilities  what this version can do, as a value
"""
