"""Rules, one module of the code at a time: no AWS, no HTTP, no clock."""
