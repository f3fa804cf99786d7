"""For those who bring their own WSGI server: ``app`` with the settings of the environment, one per process.

After a fork of the loaded application, database connections would be shared: do not preload it.
"""

import gc
import os

from qbwc_server.app import create_app
from qbwc_server.observe import logs
from qbwc_server.settings import load
from qbwc_server.start import collect_seldom

collect_seldom()
_settings = load(os.environ.get("QBWC_SETTINGS"))
logs.configure(_settings.log_level, _settings.log_format)
app = create_app(_settings)
gc.collect()
gc.freeze()  # what was loaded stays: without this every full collection walks it, and stops all threads for 17 ms
