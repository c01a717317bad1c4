"""One verb a module; each states the ports that it needs as small Protocols."""
