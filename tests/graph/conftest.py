"""The twin and one good workspace, made once for all workers; the network is shut."""

import os
import shutil
import socket
import time

import pytest

from tests.graph.road import Ended, full_run, settled

LOOPBACK = {"127.0.0.1", "::1", "localhost"}


@pytest.fixture(scope="session")
def once(tmp_path_factory):
    """Make a folder once in a test session, whichever worker needs it first."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def make(name, maker):
        folder, done, failed = (shared / f"{name}{end}" for end in ("", ".done", ".failed"))
        try:
            (shared / f"{name}.making").mkdir()
        except FileExistsError:
            while not done.exists():
                assert not failed.exists(), f"another worker could not make {name}"
                time.sleep(0.2)
            return folder
        try:
            maker(folder)
        except BaseException:
            failed.touch()
            raise
        done.touch()
        return folder

    return make


@pytest.fixture(scope="session")
def twin(once):
    from transforms.twin.write import write_twin

    return once("twin", lambda folder: write_twin(folder, 0.02, 1))


@pytest.fixture(scope="session")
def good(once, twin):
    """A workspace in which everything went well: look, do not touch."""

    def maker(folder):
        ended = full_run(twin, folder)
        assert ended.code == 0, ended
        (folder / "stdout.txt").write_text(ended.out, encoding="utf-8")

    return once("good", maker)


@pytest.fixture
def workspace(good, tmp_path, monkeypatch):
    """A copy of the good workspace to do harm to."""
    copy = tmp_path / "work"
    shutil.copytree(good, copy)
    (copy / "stdout.txt").unlink()
    settled(monkeypatch)
    return copy


@pytest.fixture
def here(capfd, monkeypatch):
    """Run a command in this process: the same code without the imports' time."""
    settled(monkeypatch)

    def run(*arguments):
        from pipelines.commands.start import start

        capfd.readouterr()
        code = start(str(arguments[0]), [str(argument) for argument in arguments[1:]])
        return Ended(code, *capfd.readouterr())

    return run


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    """Whatever runs in this process talks to this machine at most."""

    def guarded(method):
        def connect(self, address):
            local = self.family == getattr(socket, "AF_UNIX", None) or address[0] in LOOPBACK
            assert local, "something wants to talk to the network"
            return method(self, address)

        return connect

    monkeypatch.setattr(socket.socket, "connect", guarded(socket.socket.connect))
    monkeypatch.setattr(socket.socket, "connect_ex", guarded(socket.socket.connect_ex))
