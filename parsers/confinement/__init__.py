"""What a parser process may reach and use, and the files lent to it."""
