"""OpenDocument: texts, presentations and sheets."""
