// The connections that are open. Any process on the machine can connect, so a stranger must not be able to use them up:
// at the limit the oldest one that has no authorised request under way makes room.
import type { Server } from "node:http";
import type { Socket } from "node:net";

export interface Connections {
  /** Counts the connection among those that stay while `busy` is set. */
  mark(socket: Socket, busy: boolean): void;
}

/** Keeps `server` at no more than `most` connections. */
export const limitConnections = (server: Server, most: number): Connections => {
  // Sets keep the order of insertion: the first of `idle` is the oldest.
  const idle = new Set<Socket>();
  const busy = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    if (idle.size + busy.size >= most) {
      const [oldest] = idle;
      (oldest ?? socket).destroy();
      if (oldest === undefined) return;
      idle.delete(oldest);
    }
    idle.add(socket);
    socket.once("close", () => {
      idle.delete(socket);
      busy.delete(socket);
    });
  });
  return {
    mark(socket, isBusy) {
      if (socket.destroyed) return;
      (isBusy ? idle : busy).delete(socket);
      (isBusy ? busy : idle).add(socket);
    },
  };
};
