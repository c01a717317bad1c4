"""The tests of the recommendation applier."""
