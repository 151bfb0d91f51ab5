"""Generators and repository laws."""
