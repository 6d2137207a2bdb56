"""Values → text. Nothing here prints, and nothing here decides.

Names and patterns come from files and from the tenant: before they reach a terminal, `words`
takes out what could steer it.
"""
