"""The pieces together: the real handler, the stack in the embedded AWS, Amazon over HTTP."""
