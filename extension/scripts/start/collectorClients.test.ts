import assert from "node:assert/strict";
import { createServer, type AddressInfo } from "node:net";
import { connect } from "node:net";
import { once } from "node:events";
import { countEstablished, hasClient, health } from "./collectorClients.ts";

describe("collectorClients", () => {
  it("counts the connections that are established to a port, and no others", () => {
    const table = [
      "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode",
      "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0",
      "   1: 0100007F:1F90 0100007F:D431 01 00000000:00000000 00:00000000 00000000     0        0 2 1 0",
      "   2: 0100007F:D431 0100007F:1F90 01 00000000:00000000 00:00000000 00000000     0        0 3 1 0",
      "   3: 0100007F:1F90 0100007F:D432 06 00000000:00000000 00:00000000 00000000     0        0 0 3 0",
    ].join("\n");
    assert.equal(countEstablished(table, 8080), 1);
    assert.equal(countEstablished(table, 8081), 0);
  });

  it("sees a client come and go", async () => {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    assert.equal(await hasClient(port), false);
    const socket = connect(port, "127.0.0.1");
    const [accepted] = (await once(server, "connection")) as [{ destroy(): void }];
    assert.equal(await hasClient(port), true);
    socket.destroy();
    accepted.destroy();
    server.close();
    await once(server, "close");
    assert.equal(await hasClient(port), false);
    assert.equal(await health(port, "x"), undefined);
  });
});
