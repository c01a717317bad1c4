"""What is true without AWS and without HTTP: values and decisions, no I/O, no clock, no logging."""
