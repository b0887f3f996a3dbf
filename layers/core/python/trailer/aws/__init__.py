"""boto3 adapters, one per service: input and output only, no decisions."""
