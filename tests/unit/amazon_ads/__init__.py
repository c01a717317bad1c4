"""How an answer reads, when to wait and when to stop."""
