// Which addresses are of the internet, so that a policy has to speak of them.
import { contains, parseAddress, parseNetwork } from "./addresses.ts";

const OWN = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.168.0.0/16",
  // Azure's agent, on the machine's own host.
  "168.63.129.16",
  "224.0.0.0/4",
  "255.255.255.255",
  "::/128",
  "::1",
  "fc00::/7",
  "fe80::/10",
  "ff00::/8",
].flatMap((text) => parseNetwork(text) ?? []);

/** Is this an address that leaves the machine and its own networks? False for what is no address. */
export const isPublicAddress = (ip: string): boolean => {
  const address = parseAddress(ip);
  return address !== undefined && !OWN.some((network) => contains(network, address));
};
