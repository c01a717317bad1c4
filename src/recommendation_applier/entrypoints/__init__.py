"""Where a run starts: settings are read, parts are joined, and what happened is logged."""
