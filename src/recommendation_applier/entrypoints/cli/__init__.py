"""`applier`, the operator's command: each group of commands is a module of its own.

Only `command_groups`, `errors`, `target` and `main` are imported by every start. What a group
imports is paid for by those who call it.
"""
