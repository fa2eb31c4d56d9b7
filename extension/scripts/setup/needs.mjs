// What the project needs from the distribution: how to see that it is there, what it is for, and the package that has
// it. What is there counts, wherever it came from.
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { findBpftool } from "./bpftool.mjs";
import { findChromium } from "./chromium.mjs";
import { ask } from "./command.mjs";

/**
 * @typedef {{
 *   name: string;
 *   why: string;
 *   isThere: () => boolean | Promise<boolean>;
 *   packages: readonly string[];
 * }} Need `packages`: the first that the distribution has is installed
 */

/** @param {string} name @returns {boolean} */
export const hasCommand = (name) =>
  [...(process.env.PATH ?? "").split(delimiter), "/usr/local/sbin", "/usr/sbin", "/sbin"].some(
    (dir) => dir !== "" && existsSync(join(dir, name)),
  );

/** @param {string} name @returns {boolean} whether a C header is where the compiler looks for it */
const hasHeader = (name) => {
  const triplet = process.arch === "arm64" ? "aarch64-linux-gnu" : "x86_64-linux-gnu";
  return ["/usr/include", `/usr/include/${triplet}`, "/usr/local/include"].some((dir) => existsSync(join(dir, name)));
};

/** @param {string} name @param {string} why @param {string} [debianPackage] @returns {Need} */
const command = (name, why, debianPackage = name) => ({
  name,
  why,
  isThere: () => hasCommand(name),
  packages: [debianPackage],
});

/** @param {string} file @param {string} why @param {string} debianPackage @returns {Need} */
const header = (file, why, debianPackage) => ({
  name: debianPackage,
  why,
  isThere: () => hasHeader(file),
  packages: [debianPackage],
});

/** What compiles the sensor and the hook program. @param {string} kernel release of the running kernel @returns {readonly Need[]} */
export const sensorNeeds = (kernel) => [
  command("clang", "compiles the sensor and its eBPF programs"),
  header("bpf/bpf_helpers.h", "loads the eBPF programs", "libbpf-dev"),
  header("libelf.h", "reads the eBPF objects", "libelf-dev"),
  header("zlib.h", "reads the eBPF objects", "zlib1g-dev"),
  header("stdlib.h", "C library headers", "libc6-dev"),
  header("asm/types.h", "kernel headers for C", "linux-libc-dev"),
  {
    name: "bpftool",
    why: "describes the kernel's types to the compiler",
    isThere: async () => (await findBpftool()) !== undefined,
    // Debian and new Ubuntu have it by itself; older Ubuntu ties it to a kernel.
    packages: ["bpftool", `linux-tools-${kernel}`, "linux-tools-generic"],
  },
  command("cc", "compiles the sensor's loader and the hook program", "gcc"),
  command("make", "builds the sensor and the hook program"),
];

/** What `npm start` runs beside: the VS Code server build, and the sample session. @type {readonly Need[]} */
export const startNeeds = [
  {
    name: "C++ library headers",
    why: "compiles the log module of the VS Code server",
    isThere: () => existsSync("/usr/include/c++"),
    packages: ["g++"],
  },
  command("pkg-config", "finds the libraries"),
  command("ip", "makes the network namespaces of the sample session", "iproute2"),
  command("git", "works in the sample session"),
  command("curl", "works in the sample session"),
  command("openssl", "makes the certificates of the sample session's servers"),
  {
    name: "python3",
    why: "works in the sample session, and builds native npm modules",
    // The distribution's: the session's steps call it by its path, as they do on a runner.
    isThere: () => existsSync("/usr/bin/python3"),
    packages: ["python3"],
  },
  {
    name: "pip",
    why: "works in the sample session",
    isThere: async () => (await ask("/usr/bin/python3", ["-m", "pip", "--version"])) !== undefined,
    packages: ["python3-pip"],
  },
  {
    name: "ca-certificates",
    why: "checks the servers that packages come from",
    isThere: () => existsSync("/etc/ssl/certs/ca-certificates.crt"),
    packages: ["ca-certificates"],
  },
  {
    name: "chromium",
    why: "shows the real VS Code, by hand and in the tests",
    isThere: async () => (await findChromium()) !== undefined,
    // On Ubuntu these are stubs that fetch a snap, which a container or a CI machine can't run: see chromium.mjs.
    packages: ["chromium"],
  },
];

/** What only the tests and the benchmarks need. @type {readonly Need[]} */
export const testNeeds = [
  command("go", "builds the Go programs whose requests are looked for", "golang-go"),
  command("qemu-system-x86_64", "boots other kernels, in which the sensor is tested", "qemu-system-x86"),
  command("busybox", "is the user space of these kernels, and works in containers", "busybox-static"),
  command("cpio", "packs the user space of these kernels"),
  command("jq", "checks the seals of a log in a test, as a reader may"),
  command("iptables", "sends packets elsewhere, in tests of enforced policies"),
  command("dig", "asks resolvers, in tests of enforced policies", "bind9-dnsutils"),
  command("podman", "makes the containers that tests watch"),
  {
    name: "docker.io",
    why: "makes the containers that tests watch",
    // All of it: there are machines that have the client alone.
    isThere: () => hasCommand("dockerd") && hasCommand("runc") && hasCommand("containerd"),
    packages: ["docker.io"],
  },
  command("nghttp", "one of the clients over HTTP/2 in tests", "nghttp2-client"),
  ...["httpx", "h2"].map((module) => ({
    name: `python3-${module}`,
    why: "one of the clients over HTTP/2 in tests",
    isThere: () => existsSync(`/usr/lib/python3/dist-packages/${module}`),
    packages: [`python3-${module}`],
  })),
];

/** What builds the sensor for arm64 on another machine, and tries it there. @type {readonly Need[]} */
export const arm64Needs = [
  command("aarch64-linux-gnu-gcc", "builds the sensor for arm64", "gcc-aarch64-linux-gnu"),
  command("qemu-system-aarch64", "boots kernels of arm64, in which the sensor is tested", "qemu-system-arm"),
];

/** What the benchmarks compare with and measure. @type {readonly Need[]} */
export const benchNeeds = [
  command("bpftrace", "the benchmarks compare with it"),
  command("strace", "the benchmarks compare with it"),
  command("wget", "one of the clients whose requests are attributed"),
];
