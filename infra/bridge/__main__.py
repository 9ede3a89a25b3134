"""Run the bridge: `python -m infra.bridge --hospital demo --queue URL --port 2575`."""

from __future__ import annotations

import argparse
import asyncio
import logging

import boto3

from infra.bridge.server import Bridge, to_queue


async def _serve(asked: argparse.Namespace) -> None:
    client = boto3.client("sqs", endpoint_url=asked.endpoint)
    bridge = Bridge(asked.hospital, to_queue(client, asked.queue))
    server = await bridge.serve(asked.host, asked.port)
    print(f"MLLP on {asked.host}:{asked.port} for {asked.hospital}", flush=True)
    async with server:
        await server.serve_forever()


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m infra.bridge", description=__doc__)
    parser.add_argument("--hospital", required=True, help="id, as in infra/hospitals.json")
    parser.add_argument("--queue", required=True, help="URL of the hospital's inbound FIFO queue")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=2575)
    parser.add_argument("--endpoint", default=None, help="AWS endpoint, for an emulator")
    logging.basicConfig(level=logging.INFO)
    asyncio.run(_serve(parser.parse_args()))


if __name__ == "__main__":
    main()
