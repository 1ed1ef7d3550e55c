"""Settings, URLs, WSGI and the worker: wiring only. Which followers run, who resolves an actor, where data lie."""
