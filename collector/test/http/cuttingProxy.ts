// A TCP proxy that cuts each connection after so many bytes of the server's answer, in the middle of whatever they are.
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import type { Cleanup } from "./support.ts";

export interface CuttingProxy {
  readonly port: number;
  /** Connections cut so far. */
  readonly cuts: number;
}

/** `bytesFor` says after how many bytes from the server the next connection is cut; Infinity lets it live. */
export const startCuttingProxy = async (
  cleanup: Cleanup,
  target: number,
  bytesFor: () => number,
): Promise<CuttingProxy> => {
  let cuts = 0;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(target, "127.0.0.1");
    let left = bytesFor();
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.pipe(upstream);
    upstream.on("data", (bytes) => {
      if (bytes.length < left) {
        left -= bytes.length;
        if (!client.write(bytes)) {
          upstream.pause();
          client.once("drain", () => upstream.resume());
        }
        return;
      }
      cuts += 1;
      upstream.pause();
      upstream.destroy();
      // A reset and a clean end look different to the client; both happen.
      client.write(bytes.subarray(0, left), () => (cuts % 2 === 0 ? client.resetAndDestroy() : client.destroy()));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanup.add(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  return {
    port: (server.address() as AddressInfo).port,
    get cuts() {
      return cuts;
    },
  };
};
