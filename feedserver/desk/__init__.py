"""What curators do: look through the inbox, pick."""
