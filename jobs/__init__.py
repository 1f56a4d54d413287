"""Work that must happen even if this process dies.

`work.py` tells what each kind of job does, over the `floor.py` on which it stands; `durable.py` starts jobs
from any process, `worker.py` runs them in some, `janitor.py` looks after what died, `postman.py` empties the
outbox.
"""
