"""The visible content of Word, OpenDocument, RTF and HTML documents."""
