"""What leaves the desk: replies, decision letters, the digest and the workbook, and the sending of them.

In charge of words, letters, loop guards, the outbox and SMTP. Leaves what was found to `validators`, what is
kept to `store`, and when anything happens to `daemon`.
"""
