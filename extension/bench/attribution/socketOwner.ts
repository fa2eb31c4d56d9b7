// Who holds the client's end of a TCP connection, by the kernel's own tables below /proc.
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import type { Endpoint } from "../../test/sample/servers/truth.ts";

/** An address as /proc/net/tcp and tcp6 write it: words of four bytes, each with its last byte first. */
const inKernelForm = (bytes: readonly number[]): string => {
  let text = "";
  for (let at = 0; at < bytes.length; at += 4)
    for (let i = 3; i >= 0; i--) text += (bytes[at + i] ?? 0).toString(16).padStart(2, "0");
  return text.toUpperCase();
};

const bytesOf6 = (ip: string): number[] => {
  const [front = "", back] = ip.split("::");
  const groups = (text: string): number[] => (text === "" ? [] : text.split(":").map((group) => parseInt(group, 16)));
  const [head, tail] = [groups(front), back === undefined ? [] : groups(back)];
  const middle = Array.from({ length: 8 - head.length - tail.length }, () => 0);
  return [...head, ...middle, ...tail].flatMap((group) => [group >> 8, group & 255]);
};

const endAs = ({ ip, port }: Endpoint): string => {
  const bytes = ip.includes(":") ? bytesOf6(ip) : ip.split(".").map(Number);
  return `${inKernelForm(bytes)}:${port.toString(16).padStart(4, "0").toUpperCase()}`;
};

const linkOf = (path: string): string => {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
};

const entriesOf = (path: string): string[] => {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
};

/** @returns the inode of a connection's near end, in the network namespace of the process `inside` */
const inodeOf = (inside: number, client: Endpoint, server: Endpoint): string | undefined => {
  const table = readFileSync(`/proc/${inside}/net/${client.ip.includes(":") ? "tcp6" : "tcp"}`, "latin1");
  const line = table.split("\n").find((one) => one.includes(` ${endAs(client)} ${endAs(server)} `));
  return line?.trim().split(/\s+/)[9];
};

/** @returns all processes in the network namespace of `inside` that have the connection open */
export const ownersOf = (inside: number, client: Endpoint, server: Endpoint): number[] => {
  const inode = inodeOf(inside, client, server);
  if (inode === undefined || inode === "0") return [];
  const namespace = linkOf(`/proc/${inside}/ns/net`);
  return entriesOf("/proc")
    .filter((name) => /^\d+$/.test(name) && linkOf(`/proc/${name}/ns/net`) === namespace)
    .filter((pid) => entriesOf(`/proc/${pid}/fd`).some((fd) => linkOf(`/proc/${pid}/fd/${fd}`) === `socket:[${inode}]`))
    .map(Number);
};

/** @returns a variable of the environment that a process was started with */
export const variableOf = (pid: number, name: string): string | undefined => {
  try {
    const text = readFileSync(`/proc/${pid}/environ`, "utf8");
    return text
      .split("\0")
      .find((entry) => entry.startsWith(`${name}=`))
      ?.slice(name.length + 1);
  } catch {
    return undefined;
  }
};
