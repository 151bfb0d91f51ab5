"""One store over two engines: short reads anywhere, writes in batches that commit together in groups.

`model` says what a query, a statement and a batch are; `commit_queue` orders the batches and deals with failure;
`sqlite` and `postgresql` run them; `dialect` holds all that the two engines spell differently.
"""
