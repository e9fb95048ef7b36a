"""Evaluation: question sets go in, measures come out."""
