"""The only room that speaks AWS: SQS, Secrets Manager and SNS."""
