"""How much longer a promise in seconds may take on a machine whose processors are asked for by others too."""

import os


def patient(seconds: float) -> float:
    """The same on a free machine; as many times longer as programs wait for a processor."""
    return seconds * max(1.0, os.getloadavg()[0])
