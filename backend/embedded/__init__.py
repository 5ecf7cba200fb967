"""PostgreSQL and S3 from wheels, for the demo, the tests and a one-box installation.

Both are children of the calling process and end with it. They listen on a private socket and on 127.0.0.1
only.
"""
