"""A warehouse of a few tables for the tests of commands; the real one is met in tests/graph."""


class Stored:
    """Stands in for the class Warehouse and for what it makes."""

    def __init__(self, tables):
        self._tables = tables

    def __call__(self, _workspace, **_how):
        return self

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None

    def tables(self):
        return sorted(self._tables)

    def get(self, name, where=None):
        return self._tables[name].filter(**(where or {}))
