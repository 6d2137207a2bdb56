"""Regular expressions: parsing, languages, backtracking, dialects.

    pattern ── tokens ── parsing ──> tree (syntax) ── program ──┬── catastrophe ──> an attack
                 │                         │                    └── inclusion ──> a shadow
              dialects                  required
                                                 matching ──> a match, within its time limit

The law of this layer: it does not know slots, rules or tenants. Questions about a pattern are
answered with its automaton, so no pattern can hang them; only `matching` runs a pattern. All of
this is for Python's syntax, or for an unknown engine; `ecmascript` reads JavaScript's, into a tree
of the same kind.
"""
