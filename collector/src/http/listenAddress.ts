// Where to listen: the value of --listen, and which addresses only this machine can reach.
import { BlockList, isIP } from "node:net";
import { UserError } from "../errors.ts";

export interface ListenAddress {
  /** An IP address or a host name, without brackets. */
  readonly host: string;
  /** 0 picks a free port. */
  readonly port: number;
}

/** Where to listen when nobody says: only this machine can connect, on a free port. */
export const DEFAULT_LISTEN: ListenAddress = { host: "127.0.0.1", port: 0 };

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

/** True for an IP address that only this machine can reach. */
export const isLoopbackAddress = (address: string): boolean => {
  const family = isIP(address);
  return family !== 0 && loopback.check(address, family === 4 ? "ipv4" : "ipv6");
};

/** True for `localhost` and for loopback addresses, without port or brackets. */
export const isLoopbackName = (host: string): boolean => host.toLowerCase() === "localhost" || isLoopbackAddress(host);

const HOST_NAME = /^(?!-)[a-z0-9-]+(?:\.[a-z0-9-]+)*$/i;

/** Parses `HOST:PORT`, with an IPv6 address in brackets. Throws a `UserError` that shows how it should look. */
export const parseListen = (value: string): ListenAddress => {
  const wrong = (what: string): UserError =>
    new UserError(`--listen ${value}: ${what}; give HOST:PORT, as 127.0.0.1:8443, [::1]:8443, or 127.0.0.1:0`, 2);
  const match = /^(?:\[([^\]]*)\]|([^:]*)):(\d+)$/.exec(value);
  if (match === null) {
    if (isIP(value) === 6) throw wrong("an IPv6 address needs brackets and a port");
    throw wrong(value.includes(":") ? "this is no HOST:PORT" : "the port is missing");
  }
  const bracketed = match[1];
  const host = bracketed ?? match[2] ?? "";
  const port = Number(match[3]);
  if (host === "") throw wrong("the host is missing");
  if (port > 65_535) throw wrong("a port is at most 65535");
  if (bracketed !== undefined && isIP(bracketed) !== 6) throw wrong("what is in brackets is no IPv6 address");
  // All digits and dots, and yet no address: a typing error, not the name of a host.
  if (bracketed === undefined && isIP(host) === 0 && (/^[\d.]+$/.test(host) || !HOST_NAME.test(host))) {
    throw wrong("the host is neither an IP address nor a host name");
  }
  return { host, port };
};

/** `host` as it stands in a URL. */
export const urlHost = (host: string): string => (isIP(host) === 6 ? `[${host}]` : host);
