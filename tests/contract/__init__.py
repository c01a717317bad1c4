"""Fakes, emulators and real adapters, held to the same contract."""
