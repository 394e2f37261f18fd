"""A typed client of the service: its answers as the very models that it makes them from, pages as iterators.

>>> from aifkg.client import Client
>>> client = Client("http://127.0.0.1:8000")  # and key="…" for who may write
>>> client.close()
"""

from aifkg.client.bringing import Bringing, JobEvent
from aifkg.client.curating import Curating
from aifkg.client.failures import ClientError, Refused, Unreachable
from aifkg.client.market import Market
from aifkg.client.reading import Reading
from aifkg.client.sparql import Table

__all__ = ["Client", "ClientError", "JobEvent", "Refused", "Table", "Unreachable"]


class Client(Reading, Market, Curating, Bringing):
    """Everything that the service can do; safe to use from several threads, and as a context manager."""
