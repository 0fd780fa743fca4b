"""The thin rim that answers at the terminal."""
