"""The algorithm of an apply. It meets the world through `reconciler.ports` only.

apply      a run: what was left open, then a plan, change by change
recovery   settling what an earlier run left open
change     one change, from its baseline to its end
baseline   the success rates just before it
write      a PUT or DELETE whose outcome is always found out
gate       measurements → a verdict, and the waiting for them
rollback   putting a rejected change back
health     how slots fare right now
"""
