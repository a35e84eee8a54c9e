"""Filled forms out of tables and lines, whatever file they stood in."""
