"""A mail taken apart: headers, texts, names, and the files it carries."""
