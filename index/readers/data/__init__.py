"""Data: tables and trees of values, and notebooks."""
