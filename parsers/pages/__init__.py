"""PDF, OFD and picture files as pages."""
