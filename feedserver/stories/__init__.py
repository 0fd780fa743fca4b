"""File entries into stories."""
