"""Search: what is derived from the catalog to find passages by words and by meaning, and how both are fused."""
