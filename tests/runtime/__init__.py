"""The bundle of `sam build`, run by the client that runs it in Lambda."""
