"""`python -m sandbox`: the outside systems on ports of their own; prints one JSON line when they answer."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from sandbox.server import Options, serve


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--truth", type=Path, action="append", default=[], metavar="PATH",
                        help="a truth.json, or a folder with some: their plates get owners")  # fmt: skip
    parser.add_argument("--data", type=Path, metavar="DIR", help="remember between two runs, here")
    for name in ("registry", "gateway", "messages", "wallet", "treasury", "mail", "eid"):
        parser.add_argument(f"--{name}-port", type=int, default=0, metavar="N", help="0: any free one")
    parser.add_argument("--ipn-url", default="", metavar="URL", help="where the gateway tells of payments")
    parser.add_argument("--receipts-url", default="", metavar="URL", help="where receipts of messages go")
    parser.add_argument(
        "--merchant-url",
        default="",
        metavar="URL",
        help="the product: asked and told by the portal, known to the e-ID",
    )
    parser.add_argument("--ipn-retry-s", type=float, default=300.0, metavar="S")
    parser.add_argument("--ports-file", type=Path, metavar="FILE", help="write the JSON there, print nothing")
    given = parser.parse_args()
    asyncio.run(
        serve(
            Options(
                truth=tuple(given.truth),
                data_dir=given.data,
                registry_port=given.registry_port,
                gateway_port=given.gateway_port,
                messages_port=given.messages_port,
                wallet_port=given.wallet_port,
                treasury_port=given.treasury_port,
                mail_port=given.mail_port,
                eid_port=given.eid_port,
                merchant_url=given.merchant_url,
                ipn_url=given.ipn_url,
                receipts_url=given.receipts_url,
                ipn_retry_s=given.ipn_retry_s,
                ports_file=given.ports_file,
            )
        )
    )


if __name__ == "__main__":
    main()
