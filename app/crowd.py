"""How many connections there may be at once: some file handles stay free for the server's own work, and no address takes every place."""

import sys
from functools import lru_cache
from ipaddress import ip_address, ip_network

from app.settings import Limits

OWN = 32
"""File handles that the server keeps for itself: its files, its threads' and its workers' lines, what has been accepted and not yet been counted."""


def room(limits: Limits) -> int:
    """Connections that this process may have; first the system is asked for as many file handles as it grants."""
    if sys.platform == "win32":
        return limits.connections
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = limits.connections + OWN
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return limits.connections if soft == resource.RLIM_INFINITY else max(1, min(limits.connections, soft - OWN))


def crowded(hosts: list[str], newest: str, most: int, per_address: int) -> str | None:
    """What is said to whom comes from the newest of these hosts, each of which has a connection, where that is one too many."""
    if len(hosts) > most:
        return "This server has as many connections as it can take. Try again in a moment."
    fair = min(per_address, max(1, most * 3 // 4))
    if len(hosts) > fair and sum(place(each) == place(newest) for each in hosts) > fair:
        return f"There are {fair:,} connections from your address, and no more are taken. Close some, or try again in a moment."
    return None


@lru_cache(4096)
def place(host: str) -> str:
    """Whose address that is; in IPv6 the network, of which one machine has all addresses."""
    try:
        known = ip_address(host)
    except ValueError:
        return host[:64]
    return host if known.version == 4 else str(ip_network((known, 64), strict=False))
