"""Serverless functions that give a Global Accelerator listener its access log."""
