"""Who works on the targets of a fleet: `ports.Dispatcher`.

threads        threads of this process
halt_files     requests to halt a run, as files
procrastinate  workers on other machines, by a queue on PostgreSQL
"""
