"""Bytes to model and back. Pure: no network, no database, no clock."""
