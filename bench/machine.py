"""What the numbers were measured on: processor, disk, versions, and how fast a bare commit is here."""

import os
import platform
import sqlite3
import statistics
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import postgres


def describe(place: Path) -> dict[str, Any]:
    """Facts about the machine; `place` is where the measured SQLite files are."""
    return {
        "cpu": _cpu(),
        "cores": len(os.sched_getaffinity(0)),
        "load_before": round(os.getloadavg()[0], 2),
        "kernel": platform.release(),
        "filesystem": _filesystem(place),
        "fdatasync_us": round(fdatasync(place) * 1e6, 1),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
    }


def fdatasync(place: Path, times: int = 200) -> float:
    """Median seconds to make one 8 kB page durable in this directory."""
    page = os.urandom(8192)
    with tempfile.NamedTemporaryFile(dir=place) as file:
        number = file.fileno()
        os.pwrite(number, page * times, 0)
        os.fsync(number)
        taken = []
        for index in range(times):
            start = time.perf_counter()
            os.pwrite(number, page, index * 8192)
            os.fdatasync(number)
            taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def sqlite_commits(place: Path, seconds: float = 1.0) -> float:
    """Durable single-row commits a second on SQLite (WAL, FULL): eight of them bound a lifecycle from below."""
    with tempfile.TemporaryDirectory(dir=place) as folder:
        db = sqlite3.connect(f"{folder}/commits.db", isolation_level=None)
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=FULL")
        db.execute("CREATE TABLE commits (id INTEGER PRIMARY KEY, payload TEXT)")
        start, count = time.perf_counter(), 0
        while time.perf_counter() - start < seconds:
            db.execute("INSERT INTO commits (payload) VALUES (?)", ("x" * 100,))
            count += 1
        taken = time.perf_counter() - start
        db.close()
    return count / taken


def postgres_commits(url: str, clients: int, seconds: int = 2) -> float | None:
    """Durable single-row commits a second on PostgreSQL as pgbench measures them, or None without pgbench."""
    pgbench = postgres.pgbench()
    if pgbench is None:
        return None
    database = postgres.new_database(url, "bench_commits")
    import psycopg

    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("CREATE TABLE commits (id bigserial PRIMARY KEY, payload text)")
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(f"INSERT INTO commits (payload) VALUES ('{'x' * 100}');\n")
        script.flush()
        command = [str(pgbench), "-n", "-M", "prepared", "-f", script.name, "-T", str(seconds)]
        command += ["-c", str(clients), "-j", str(min(clients, os.cpu_count() or 1)), database]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    for line in done.stdout.splitlines():
        if line.startswith("tps"):
            return float(line.split()[2])
    return None


def _cpu() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def _filesystem(place: Path) -> str:
    """The type of the file system that holds `place`: a memory disk would make durability free."""
    best, kind = "", "unknown"
    try:
        mounts = Path("/proc/mounts").read_text().splitlines()
    except OSError:
        return kind
    for line in mounts:
        point, type_ = line.split()[1:3]
        inside = point == "/" or str(place.resolve()).startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(best):
            best, kind = point, type_
    return kind
