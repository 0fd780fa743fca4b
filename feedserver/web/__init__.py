"""The rim towards HTTP: feeds, pages, the API, the desk, health and metrics."""
