"""Requests of Python programs, one kind a run: requests.py KIND URL COUNT. What each kind asks for can be read here only."""

import asyncio
import http.client
import os
import socket
import ssl
import sys
import threading
import urllib.error
import urllib.request
from urllib.parse import urlsplit

kind, url, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
parts = urlsplit(url)
tls = parts.scheme == "https"
port = parts.port or (443 if tls else 80)


def with_urllib():
    for i in range(count):
        data = b"body" if i % 3 == 1 else None
        try:
            urllib.request.urlopen(urllib.request.Request(f"{url}/{i}", data=data)).read()
        except urllib.error.HTTPError as error:
            error.read()


def ask(connection, path, body=None):
    connection.request("POST" if body else "GET", path, body=body)
    connection.getresponse().read()


def connect():
    return (http.client.HTTPSConnection if tls else http.client.HTTPConnection)(parts.hostname, port)


def with_one_connection():
    connection = connect()
    for i in range(count):
        ask(connection, f"{parts.path}/{i}", b"x" * 3000 * i if i % 2 else None)


def with_threads():
    def work(thread):
        connection = connect()
        for i in range(count):
            ask(connection, f"{parts.path}/{thread}/{i}")

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def with_asyncio():
    async def work(n):
        reader, writer = await asyncio.open_connection(parts.hostname, port, ssl=tls or None)
        for i in range(3):
            writer.write(f"GET {parts.path}/{n}/{i} HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n".encode())
            await writer.drain()
            await reader.readuntil(b"fine")
        writer.close()

    async def main():
        await asyncio.gather(*[work(n) for n in range(count)])

    asyncio.run(main())


def pipelined():
    plain = socket.create_connection((parts.hostname, port))
    sock = ssl.create_default_context().wrap_socket(plain, server_hostname=parts.hostname) if tls else plain
    last = "Connection: close\r\n"
    requests = [
        f"GET {parts.path}/{i} HTTP/1.1\r\nHost: {parts.netloc}\r\n{last if i == count - 1 else ''}\r\n" for i in range(count)
    ]
    sock.sendall("".join(requests).encode())
    while sock.recv(65536):
        pass


def with_forks():
    """Processes that run their parent's program, each with a connection of its own."""
    for n in range(count):
        if os.fork() == 0:
            ask(connect(), f"{parts.path}/{n}")
            os._exit(0)
    for _ in range(count):
        os.wait()


def with_requests():
    """The library of that name, as pip brings it along."""
    from pip._vendor import requests

    with requests.Session() as session:
        for i in range(count):
            session.request(["GET", "PUT", "DELETE"][i % 3], f"{url}/{i}", verify=os.environ["SSL_CERT_FILE"])


{
    "urllib": with_urllib,
    "kept": with_one_connection,
    "threads": with_threads,
    "asyncio": with_asyncio,
    "pipelined": pipelined,
    "forks": with_forks,
    "requests": with_requests,
}[kind]()
