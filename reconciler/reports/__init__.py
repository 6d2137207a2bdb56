"""Values → text. Nothing here prints, and nothing here decides.

Names and patterns come from files and from the tenant: `words` takes out what could steer a
terminal, and `cli.output` lets nothing else through.
"""
