"""Who works on the targets of a fleet: `ports.Dispatcher`.

threads  threads of this process
"""
