"""In charge of the notice's clauses as rules: facts in, findings out. No I/O, no clock, no words for applicants."""
