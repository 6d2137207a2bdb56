"""Values → text. Nothing here prints, and nothing here decides.

Names and patterns come from files and from the tenant: `escaping` removes what could control a
terminal, and `cli.output` lets nothing else through.
"""
