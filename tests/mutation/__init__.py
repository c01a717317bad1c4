"""`make mutate`: small faults are put into the rules, and each must make a test fail."""
