"""A feed as a file with its gzipped twin, served by nginx: about as fast as can be."""

import gzip
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Generator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from bench.cost import cpu_seconds_below
from bench.server import Server, first_core

CONFIGURATION = """
user root;
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log stderr;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    types {{ application/atom+xml atom; }}
    sendfile on;
    tcp_nopush on;
    keepalive_requests 100000000;
    open_file_cache max=10;
    gzip_static on;
    server {{
        listen 127.0.0.1:{port} backlog=1024;
        root {folder};
    }}
}}
"""


@contextmanager
def serving_by_nginx(folder: Path, path: str, body: bytes) -> Generator[Server | None]:
    """Serve these bytes for the length of the block; ``None`` if nginx is not installed."""
    if shutil.which("nginx") is None:
        print("nginx is not installed here (Debian: apt install nginx-light): left out")
        yield None
        return
    file = folder / path.removeprefix("/")
    file.parent.mkdir()
    file.write_bytes(body)
    twin = file.with_name(f"{file.name}.gz")
    twin.write_bytes(gzip.compress(body, 6, mtime=0))
    # nginx wants both to be of one time, and takes the file's for the ETag.
    os.utime(twin, ns=(file.stat().st_atime_ns, file.stat().st_mtime_ns))
    port = _free_port()
    configuration = folder / "nginx.conf"
    configuration.write_text(CONFIGURATION.format(folder=folder, port=port))
    command = ["taskset", "-c", str(first_core()), "nginx", "-e", "stderr", f"-c{configuration}"]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            _await(port, process)
            yield Server(
                url=f"http://127.0.0.1:{port}{path}",
                cpu_seconds=partial(cpu_seconds_below, process.pid),
            )
        finally:
            process.terminate()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


def _await(port: int, process: subprocess.Popen[bytes]) -> None:
    """Return when the port takes connections.

    Raises:
        RuntimeError: nginx has ended.
    """
    while process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            time.sleep(0.02)
        else:
            return
    raise RuntimeError(f"nginx ended with status {process.returncode}")
