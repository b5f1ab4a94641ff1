"""Photographs, digits and scenes that need no download, and data sets that do."""
