"""`oob preview`, `up` and `destroy`: the official Pulumi CLI, with what a person under stress would forget added.

Faults of the stack file are found before the engine starts; a locked state, unfinished operations and protected
resources are refused with the steps that help; Ctrl-C becomes one graceful cancel.
"""
