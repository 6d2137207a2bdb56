"""Text for people at a terminal, with ANSI colours, which printing removes if need be.

plan       the changes of a plan, in full or in one line each
run        how an apply ended: what did not pass, the counts, and what to do next
changes    one change: its title, and its fields as a diff
rejected   what a gate rejected, and warnings
layout     lines that fit the terminal, lists that end with a count of the rest
colors     what is red, yellow and green
"""
