"""The page of a report in a real browser: Chromium, headless, with nothing to reach."""
