"""A PostgreSQL cluster of its own: a temporary folder, a free port of 127.0.0.1, gone at the end."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from glob import glob

BIN = max(glob("/usr/lib/postgresql/*/bin"), default="/usr/bin")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Database:
    def __init__(self):
        self.port = free_port()
        self.folder = tempfile.mkdtemp(prefix="latmon-story-")
        # PostgreSQL refuses to run as root.
        self.user = pwd.getpwnam("postgres") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
        os.chown(self.folder, self.user.pw_uid, self.user.pw_gid)
        data = f"{self.folder}/data"
        self._call("initdb", "-D", data, "-A", "trust", "-U", "story", "--no-sync", "--no-locale", "-E", "UTF8")
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.folder} -c fsync=off"
        self._call("pg_ctl", "-D", data, "-w", "-l", f"{self.folder}/log", "-o", options, "start")

    @property
    def dsn(self):
        return f"host=127.0.0.1 port={self.port} user=story dbname=postgres"

    def script(self, sql):
        self._call("psql", "-q", "-v", "ON_ERROR_STOP=1", "-d", self.dsn, "-c", sql)

    def stop(self):
        self._call("pg_ctl", "-D", f"{self.folder}/data", "-m", "immediate", "-w", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)

    def _call(self, program, *arguments):
        subprocess.run(
            [f"{BIN}/{program}", *arguments], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=self.folder,
            user=self.user.pw_uid, group=self.user.pw_gid, env={"PATH": BIN + ":/usr/bin:/bin", "LC_ALL": "C"})
