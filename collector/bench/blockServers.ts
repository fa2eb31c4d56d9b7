// The servers that the benchmark of an enforced policy speaks to: on loopback, or in a network of their own, with addresses
// that are none of loopback. Started as a process of its own; it listens once it has said so, and ends with its input.
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";

export const LOOPBACK = "127.0.0.94";
export const LOOPBACK_PORT = 8094;
/** In the network: two addresses that networks of the policy open, and one that only a name does. */
export const DOWNLOADS = "198.18.7.1";
export const CONNECTS = "198.18.8.1";
export const NAMED = "198.19.7.1";
/** What the policy opens there is opened for this port. */
export const PORT = 443;

/** Answers every question with the same address. */
const runResolver = async (): Promise<void> => {
  const resolver = createSocket("udp4", (question, peer) => {
    const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, ...NAMED.split(".").map(Number)]);
    const answer = Buffer.concat([question, record]);
    answer.set([0x81, 0x80, 0, 1, 0, 1], 2);
    resolver.send(answer, peer.port, peer.address);
  });
  await once(resolver.bind(53, LOOPBACK), "listening");
};

/** Answers `/N` with N bytes. */
const runHttp = async (address: string, port: number): Promise<void> => {
  const piece = Buffer.alloc(1 << 18, "x");
  const server = createServer((request, response) => {
    let left = Number(request.url?.slice(1));
    response.setHeader("content-length", left);
    const send = (): void => {
      while (left > 0) {
        const size = Math.min(left, piece.length);
        left -= size;
        if (!response.write(piece.subarray(0, size))) return void response.once("drain", send);
      }
      response.end();
    };
    send();
  });
  await once(server.listen(port, address), "listening");
};

const run = async (where: string, storms: string): Promise<void> => {
  if (where === "loopback") {
    await runResolver();
    await runHttp(LOOPBACK, LOOPBACK_PORT);
  } else {
    execFileSync("ip", ["link", "set", "lo", "up"]);
    for (const address of [DOWNLOADS, CONNECTS, NAMED])
      execFileSync("ip", ["addr", "add", `${address}/32`, "dev", "lo"]);
    for (const address of [CONNECTS, NAMED]) {
      const server = spawn(storms, ["accept", "0", address, String(PORT)], { stdio: ["pipe", "pipe", "inherit"] });
      await once(server.stdout, "data");
    }
    await runHttp(DOWNLOADS, PORT);
  }
  process.stdin.on("end", () => process.exit(0)).resume();
  process.stdout.write("listening\n");
};

/** Starts those of loopback, or those of the network, by whose process number it can be entered. */
export const startServers = async (where: "loopback" | "network", storms: string): Promise<ChildProcess> => {
  const prefix = where === "network" ? ["unshare", "--net", "--"] : [];
  const [program = "", ...rest] = [...prefix, process.execPath, fileURLToPath(import.meta.url), where, storms];
  const child = spawn(program, rest, { stdio: ["pipe", "pipe", "inherit"] });
  await once(child.stdout, "data");
  return child;
};

if (process.argv[1] === fileURLToPath(import.meta.url)) await run(process.argv[2] ?? "", process.argv[3] ?? "");
