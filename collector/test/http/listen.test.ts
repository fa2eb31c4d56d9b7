// Where the server listens, and how it says that it cannot.
import assert from "node:assert/strict";
import { createServer } from "node:net";
import { hostname, networkInterfaces } from "node:os";
import type { AddressInfo } from "node:net";
import { UserError } from "../../src/errors.ts";
import { startHttpServer, type HttpServer } from "../../src/http/server.ts";
import { ask } from "./client.ts";
import { Cleanup, TOKEN } from "./support.ts";

describe("listening", () => {
  const cleanup = new Cleanup();
  afterEach(() => cleanup.run());
  const warnings: string[] = [];

  const start = async (host: string, port = 0): Promise<HttpServer> => {
    warnings.length = 0;
    const warn = (message: string): void => void warnings.push(message);
    const server = await startHttpServer({ host, port, token: TOKEN, version: "0.1.0", runs: () => [], warn });
    cleanup.add(() => server.close(0));
    return server;
  };
  const refused = (host: string, port: number, exitCode: number, message: RegExp): Promise<void> =>
    assert.rejects(start(host, port), (error: unknown) => {
      assert.ok(error instanceof UserError, String(error));
      assert.match(error.message, message);
      assert.equal(error.exitCode, exitCode);
      return true;
    });

  it("says that a port is in use", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    cleanup.add(() => new Promise((resolve) => other.close(resolve)));
    const { port } = other.address() as AddressInfo;
    await refused("127.0.0.1", port, 3, new RegExp(`127\\.0\\.0\\.1:${port}: the port is in use; choose another`));
  });

  it("says that an address is not of this machine, or a name is unknown", async () => {
    await refused("198.51.100.9", 0, 2, /does not have that address; use 127\.0\.0\.1/);
    await refused("no-such-host.invalid", 0, 2, /does not resolve/);
  });

  it("says nothing more on loopback", async () => {
    for (const [host, shown] of [
      ["127.0.0.1", "127.0.0.1"],
      ["localhost", "localhost"],
      ["::1", "[::1]"],
    ] as const) {
      const server = await start(host);
      assert.equal(server.url, `http://${shown}:${server.port}`);
      assert.equal((await ask(`${server.url.replace("localhost", "127.0.0.1")}/v1/health`)).status, 200);
      assert.deepEqual(warnings, []);
    }
  });

  it("warns where other machines can connect, and checks Host there too", async () => {
    const server = await start("0.0.0.0");
    assert.match(warnings.join("\n"), /can be reached from other machines.*unencrypted.*SSH tunnel/);
    const addresses = Object.values(networkInterfaces()).flat();
    const outer = addresses.find((address) => address?.family === "IPv4" && !address.internal)?.address ?? "127.0.0.1";
    const url = `http://${outer}:${server.port}/v1/health`;
    assert.equal((await ask(url)).status, 200);
    assert.equal((await ask(url, { anonymous: true })).status, 401);
    assert.equal((await ask(url, { headers: { host: hostname() + ".evil.example" } })).status, 421);
  });
});
