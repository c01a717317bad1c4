"""The only room that speaks AWS: DynamoDB, SQS, Secrets Manager and SNS."""
