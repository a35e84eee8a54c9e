"""Official seals on a page, and their legends."""
