"""Archives and their volumes, unpacked within limits."""
