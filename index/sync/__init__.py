"""Sync: what changed in folders comes into the catalog, once or as long as they are watched."""
