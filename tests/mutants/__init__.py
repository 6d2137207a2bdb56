"""Mutation testing: do the tests notice if the code is broken?

Cosmic Ray breaks one place at a time: another operator, another number, a negated condition, a
call left out. A broken copy is a mutant. The tests kill it by failing, or it survives and shows
what no test checks.

    tool        Cosmic Ray: where and how a file can be broken; the only importer
    sampling    which mutants are judged: a sample, drawn from a seed
    judging     runs the tests that mirror the file, those in the same folder, then the simulation
    checkout    the copy of the project in which they run
    equivalent  the mutants that no test can kill, each with the reason
    report      the counts, the score, and each survivor with its diff

`make mutants` sets this up in an environment of its own. Only the operators of Cosmic Ray are used:
its own runs have one command for all mutants, mutate the working tree itself, and take no sample.
"""
