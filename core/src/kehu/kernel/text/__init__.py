"""Text as it is stored and compared: characters, folding, normalisation. Stands on nothing."""
