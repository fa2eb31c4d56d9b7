/** The resolver that the runner's resolv.conf names. */
export const RESOLVER = "198.51.100.53";

/** The two ends of the link between the runner and its small internet. */
export const LINK = {
  gateway: { ip4: "198.51.100.1", ip6: "2001:db8:0:1::1" },
  runner: { ip4: "198.51.100.20", ip6: "2001:db8:0:1::20" },
} as const;

/** A name of the small internet: its addresses, and the alias that it is published under, where it is one. */
export interface Host {
  readonly name: string;
  readonly cname?: string;
  readonly ip4: string;
  readonly ip6?: string;
}

// Which names are aliases and which have IPv6 follows the real ones, so that what is tested here is what happens there.
export const HOSTS: readonly Host[] = [
  { name: "api.github.copilot.com", ip4: "192.0.2.10", ip6: "2001:db8:10::1" },
  { name: "github.com", ip4: "192.0.2.20" },
  // Two names on one address, as at a shared edge.
  { name: "api.github.com", ip4: "192.0.2.20" },
  { name: "npm.pkg.github.com", ip4: "192.0.2.30" },
  { name: "packages.microsoft.com", ip4: "192.0.2.40", ip6: "2001:db8:40::1" },
  { name: "azure.archive.ubuntu.com", cname: "ubuntu-archive-asm.trafficmanager.net", ip4: "192.0.2.50" },
  { name: "pypi.org", ip4: "192.0.2.60", ip6: "2001:db8:60::1" },
  {
    name: "files.pythonhosted.org",
    cname: "dualstack.python.map.fastly.net",
    ip4: "192.0.2.70",
    ip6: "2001:db8:70::1",
  },
];
