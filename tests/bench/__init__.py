"""What the project costs and how fast it is: `make bench`."""
