"""What readers get: articles, feeds, the shelf of their bytes."""
