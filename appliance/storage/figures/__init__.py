"""Figures: what is counted, summed up and shown of many rows of several tables."""
