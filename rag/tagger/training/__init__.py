"""The training of the tagger: examples, the network, and the files that are shipped. Needs the extra `train`."""
