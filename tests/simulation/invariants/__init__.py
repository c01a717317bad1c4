"""What must hold whenever something happens, each in a function of its own.

A function is given the witness and what happens, and yields a sentence for whatever is wrong.
"""
