"""One server process: uvicorn on a socket that the parent has bound already.

A socket that outlives its servers makes a taken port an error of the start alone, lets several processes share one
port, and keeps connections waiting instead of refused while a killed process is replaced.
"""

import socket
import sys

import uvicorn


def main(descriptor: int) -> None:
    """Serves until SIGTERM. (uvicorn's own ``--fd`` takes every socket for a Unix one and leaves Nagle's delay on.)"""
    listener = socket.socket(fileno=descriptor)
    config = uvicorn.Config(
        "server.config.asgi:application",
        loop="uvloop",
        http="httptools",
        lifespan="on",
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=10,
        ws_max_size=1 << 20,
    )
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main(int(sys.argv[1]))
