"""Explaining slots.

text      what a slot does with a text, and why
slot      what a slot takes
pair      what two slots both take, and what only one of them does
subject   the slots that are asked about, and why one cannot be analysed

Every text that is shown has been tried on the slot.
"""
