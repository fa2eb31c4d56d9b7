// Is a request meant for us? A web page that rebinds its own name to a loopback address reaches our port, but its
// requests carry its own name in `Host`.
import { isIP } from "node:net";
import { isLoopbackName } from "./listenAddress.ts";

/** The host of a `Host` header, in lower case and without port and brackets; undefined where it is malformed. */
export const hostOf = (header: string): string | undefined => {
  const match = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::\d{1,5})?$/i.exec(header);
  if (match === null) return undefined;
  if (match[1] !== undefined && isIP(match[1]) !== 6) return undefined;
  return (match[1] ?? match[2])?.toLowerCase();
};

/** The plain IPv4 form of an address that a dual-stack socket reports as `::ffff:…`. */
const plain = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, "");

/**
 * Takes loopback names and addresses with any port (a forwarded port differs), the host that --listen named, and the IP
 * address that the connection came in on: an address, unlike a name, cannot be made to point at us.
 */
export const isOurHost = (header: string | undefined, listenHost: string, localAddress: string): boolean => {
  const host = header === undefined ? undefined : hostOf(header);
  if (host === undefined) return false;
  return (
    isLoopbackName(host) || host === listenHost.toLowerCase() || (isIP(host) !== 0 && host === plain(localAddress))
  );
};
