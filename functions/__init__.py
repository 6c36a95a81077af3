"""Serverless functions that give Global Accelerator listeners their access logs."""

__version__ = "0.2.0"
