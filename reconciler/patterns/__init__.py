"""Regular expressions: parsing, languages, backtracking, dialects.

    pattern ── tokens ── parsing ──> tree (syntax) ── program ──┬── catastrophe ──> an attack
                 │                         │                    └── components ── walk ──> a graph
              dialects                  required
                                                 matching ──> a match, within its time limit

Questions about languages: `modelled` reads a pattern as a dialect does, `membership` says what its
sets contain, and an `alphabet` joins the characters that none of them tells apart. A `world` has
the automata of lists of patterns (`components`, `lookaround`); a `comparison` walks them together,
and `redundant` asks it which pattern makes another one superfluous.

The law of this layer: it does not know slots, rules or tenants. Questions about a pattern are
answered with its automaton, so no pattern can hang them; only `matching` runs a pattern. All of
this is for Python's syntax, or for an unknown engine; `ecmascript` reads JavaScript's, into a tree
of the same kind.
"""
