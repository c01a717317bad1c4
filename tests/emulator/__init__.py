"""An emulated Amazon and an embedded AWS, for the tests and for `make run`."""
