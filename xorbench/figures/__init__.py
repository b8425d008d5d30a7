"""Pictures of stored sweeps and of single runs, a module each; their data, and one style."""
