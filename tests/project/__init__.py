"""The papers are true: events, template, commands and conventions, checked."""
