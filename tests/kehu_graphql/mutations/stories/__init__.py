"""What people do with the verbs of all plugins, told by noun."""
