import { existsSync, mkdirSync, rmSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { run, tryRun } from "./commands.ts";
import { HOSTS, LINK, RESOLVER } from "./internet.ts";
import type { WorldNames } from "./names.ts";

const NETNS_CONFIG = "/etc/netns";

/** Whether this kernel speaks IPv6 at all; containers often don't. */
export const hasIpv6 = (): boolean => existsSync("/proc/sys/net/ipv6");

/**
 * Makes the two network namespaces and the link between them. Both ends of the link live inside, so the machine's own list of
 * interfaces never changes. Throws when the machine refuses; whatever was made by then is removed with `removeNamespaces`.
 */
export const makeNamespaces = (names: WorldNames): void => {
  const ip6 = hasIpv6();
  // ip netns exec mounts these files over those in /etc for what it starts, and for nothing else.
  const config = join(NETNS_CONFIG, names.runner);
  mkdirSync(config, { recursive: true });
  writeFileSync(join(config, "resolv.conf"), `nameserver ${RESOLVER}\noptions timeout:2 attempts:2\n`);
  writeFileSync(join(config, "hosts"), `127.0.0.1 localhost\n${ip6 ? "::1 localhost\n" : ""}`);
  // Without this, a machine whose names come from systemd-resolved would ask that service, past our resolver.
  if (existsSync("/etc/nsswitch.conf")) {
    writeFileSync(join(config, "nsswitch.conf"), "passwd: files\ngroup: files\nhosts: files dns\n");
  }

  run("ip", ["netns", "add", names.net]);
  run("ip", ["netns", "add", names.runner]);
  const addresses = new Set([RESOLVER, ...HOSTS.map((host) => host.ip4)]);
  const servers = [...addresses].map((ip) => `address add ${ip}/32 dev lo`);
  const servers6 = HOSTS.flatMap((host) => (host.ip6 ? [`address add ${host.ip6}/128 dev lo nodad`] : []));
  const { gateway, runner } = LINK;
  batch(names.net, [
    "link set lo up",
    `link add eth0 type veth peer name eth0 netns ${names.runner}`,
    `address add ${gateway.ip4}/24 dev eth0`,
    ...(ip6 ? [`address add ${gateway.ip6}/64 dev eth0 nodad`, ...servers6] : []),
    ...servers,
    "link set eth0 up",
  ]);
  batch(names.runner, [
    "link set lo up",
    `address add ${runner.ip4}/24 dev eth0`,
    ...(ip6 ? [`address add ${runner.ip6}/64 dev eth0 nodad`] : []),
    "link set eth0 up",
    `route add default via ${gateway.ip4}`,
    ...(ip6 ? [`-6 route add default via ${gateway.ip6}`] : []),
  ]);
};

const batch = (namespace: string, lines: readonly string[]): void => {
  // `ip -batch` takes no options in its lines, so IPv6 routes are told apart by their own call.
  const plain = lines.filter((line) => !line.startsWith("-6 "));
  const six = lines.filter((line) => line.startsWith("-6 ")).map((line) => line.slice(3));
  run("ip", ["-n", namespace, "-batch", "-"], { input: `${plain.join("\n")}\n` });
  if (six.length > 0) run("ip", ["-6", "-n", namespace, "-batch", "-"], { input: `${six.join("\n")}\n` });
};

/** Removes what `makeNamespaces` made, as far as it is there. Processes inside must have ended before. */
export const removeNamespaces = (names: WorldNames): void => {
  for (const namespace of [names.runner, names.net]) {
    if (existsSync(join("/run/netns", namespace))) tryRun("ip", ["netns", "delete", namespace]);
  }
  rmSync(join(NETNS_CONFIG, names.runner), { recursive: true, force: true });
  try {
    rmdirSync(NETNS_CONFIG);
  } catch {
    // Somebody else keeps namespaces there too, or it is gone already.
  }
};
