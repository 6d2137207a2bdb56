"""The algorithm of an apply. It meets the world through `reconciler.ports` only.

apply      a plan, change by change
change     one change, from its baseline to its end
write      a PUT or DELETE whose outcome is always found out
gate       measurements → a verdict, and the waiting for them
"""
