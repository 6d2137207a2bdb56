"""Explanations as text for people at a terminal, coloured like `text`.

text   what a slot does with a text
slot   what a slot takes
pair   what two slots both take, and what only one of them does
parts  what they are made of
"""
