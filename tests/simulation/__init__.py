"""The whole function in virtual time: seeded, deterministic, with every fault that we know of."""
