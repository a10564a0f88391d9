"""How fast Usher answers, beside what an empty Bolt app needs on the same machine in the same minutes.

    python -m tests.bench.commands            # about two minutes
    python -m tests.bench.commands --quick    # a few seconds, to see that it runs; its figures mean nothing

PostgreSQL is reached at USHER_TEST_POSTGRES, where databases are made and dropped; without a server its rows are left
out. Compare figures of one run alone: each is measured in turn with the others, so that a busy machine slows all alike.

What is measured
- Every server is a process of its own, started as `usher run` starts it. Requests are slash commands, signed and shaped
  as Slack sends them, over connections that are kept alive, from another process that signs them beforehand.
- `bolt` is an app that only acks, served as Bolt's own server does; `bolt, ack last` is the same with
  `process_before_response`. They are the floor, and every other row is also told as a multiple of the first.
- `no delivery` is the command alone. The other rows have delivery running beside it, as in production: it mails each
  invitation and looks its address up in Slack. Both go to a third process that answers at once.
- CPU is the server process's own, the database server's not included, divided by the commands. With delivery it counts
  until the outbox is empty, so the difference between the two rows is what delivery costs.
- `busy` counts the commands that were told to try again, for the database was not free in time; nothing came of them.
- Every invitation is of another address. When all is measured the rows are counted: as many members, invitations and
  audit entries as commands were answered with Done, and of the outbox exactly what must be left of it.
"""
