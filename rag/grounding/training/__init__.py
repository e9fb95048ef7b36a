"""The training of the entailment head: examples, the network, the files that are shipped. Needs the extra `train`."""
