"""Version 1 of the API: one PUT replaces a whole slot, and has the bot trained if asked to.

capabilities  what this version can do, as a value
tenant        the routes, as a Tenant
doctor        an examination of the tenant
live_slots    what that finds out with the slots
shapes        what its JSON and headers mean
wording       how it refuses, and what a user can do about it
listing       the slots, page by page, so that none is missed
"""
