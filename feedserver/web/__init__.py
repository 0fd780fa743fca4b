"""The thin rim that answers HTTP: feeds, the desk, the API, health."""
