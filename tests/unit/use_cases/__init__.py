"""The use cases between fakes."""
