"""A stand-in for the post: a mail server that keeps what it takes, and a page of what would have gone out.

`mail_server.listening` speaks real SMTP on the loopback network and delivers nothing; `page` shows its
letters beside the carrier's SMS.
"""
