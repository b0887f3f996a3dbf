"""Rekognition Video of one machine: the AWS wire protocol, answered by measuring the film."""
