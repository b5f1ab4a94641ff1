"""Data that needs no download: photographs, digits and generated scenes."""
