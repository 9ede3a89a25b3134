"""The world: DynamoDB, SQS, SES, providers, pages, catalogue files. AWS names stop here."""
