"""The operator's command without a stack."""
