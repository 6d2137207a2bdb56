"""Whether the tests notice when the code is broken.

Cosmic Ray breaks one place at a time: another operator, another number, a condition negated, a
call left out. A broken copy is a mutant; the tests kill it by failing, or it survives and shows
what no test holds.

    tool        Cosmic Ray: where a file can be broken, and how; all that imports it
    sampling    which mutants are judged: a sample, drawn from a seed
    judging     the tests that mirror the file, those beside them, then the simulation
    checkout    the copy of the project in which that is done
    equivalent  the mutants that no test can kill, each with the reason
    report      the counts, the score, each survivor with its diff

`make mutants` sets it up in an environment of its own. Cosmic Ray's own runs know one command for
all mutants, mutate the working tree itself and take no sample; its operators are what is used here.
"""
