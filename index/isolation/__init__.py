"""Reading in processes of their own: `pool` asks, `worker` reads, and gives up what `sandbox` says before."""
