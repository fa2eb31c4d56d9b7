// What Runglass' collector and its set-up can run on, said before anything is installed.
import { existsSync, readFileSync } from "node:fs";
import { SetupFailure } from "./failure.mjs";

/**
 * @param {string} text of /etc/os-release
 * @returns {{ id: string; like: string[]; version: string; name: string }}
 */
export const parseOsRelease = (text) => {
  /** @type {Record<string, string>} */
  const fields = {};
  for (const line of text.split("\n")) {
    const match = /^([A-Z_]+)=(.*)$/.exec(line.trim());
    if (match?.[1] !== undefined) fields[match[1]] = (match[2] ?? "").replace(/^["']|["']$/g, "");
  }
  return {
    id: fields.ID ?? "linux",
    like: (fields.ID_LIKE ?? "").split(" ").filter((word) => word !== ""),
    version: fields.VERSION_ID ?? "",
    name: fields.PRETTY_NAME ?? fields.NAME ?? "an unknown distribution",
  };
};

/** @returns {{ id: string; name: string; version: string }} the distribution */
export const checkPlatform = () => {
  const [major = 0] = process.versions.node.split(".").map(Number);
  if (major < 18) {
    throw new SetupFailure(
      `Node ${process.versions.node} is too old to start the set-up.`,
      "Install Node 18 or newer (https://nodejs.org); the project then brings its own Node.",
    );
  }
  if (process.platform !== "linux") {
    throw new SetupFailure(
      `Runglass watches Linux through eBPF; this is ${process.platform}.`,
      "Run it on Debian or Ubuntu (a virtual machine will do; in a container the kernel must allow eBPF). " +
        "The VS Code extension itself runs anywhere: connect it to a collector on such a machine.",
    );
  }
  if (process.arch !== "x64" && process.arch !== "arm64") {
    throw new SetupFailure(`There is no sensor for ${process.arch} processors.`, "Use an x86-64 or arm64 machine.");
  }
  const release = parseOsRelease(existsSync("/etc/os-release") ? readFileSync("/etc/os-release", "utf8") : "");
  const isDebianLike = [release.id, ...release.like].some((id) => id === "debian" || id === "ubuntu");
  if (!isDebianLike || !existsSync("/usr/bin/apt-get")) {
    throw new SetupFailure(
      `The set-up knows how to install what it needs on Debian and Ubuntu; this is ${release.name}.`,
      "Use Debian 12 or Ubuntu 22.04 or newer, for example in a virtual machine.",
    );
  }
  return release;
};
