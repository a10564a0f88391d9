"""Starts the demo as a person would, waits until its page answers, and ends it by Ctrl-C."""

import re
import signal
import subprocess
import sys
import threading
import urllib.request
from typing import IO

SECONDS = 60


def main(command: list[str]) -> int:
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as demo:
        hopeless = threading.Timer(SECONDS, demo.kill)
        hopeless.start()
        try:
            assert demo.stdout is not None
            address = first_address(demo.stdout)
            threading.Thread(target=demo.stdout.read, daemon=True).start()
            with urllib.request.urlopen(address, timeout=10) as page:
                print(f"{address} answers {page.status}")
            demo.send_signal(signal.SIGINT)
            status = demo.wait(15)
        finally:
            hopeless.cancel()
            demo.kill()
    print(f"Ctrl-C ended it with status {status}")
    return status


def first_address(lines: IO[str]) -> str:
    for line in lines:
        print(line, end="")
        if found := re.search(r"http://[\w.\[\]:]+\S*", line):
            return found[0]
    sys.exit("The demo ended, or was ended, before it printed its address.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
