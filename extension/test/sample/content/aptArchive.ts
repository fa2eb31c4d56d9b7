import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";

import type { SigningKey } from "./openPgp.ts";

/** A suite of a package archive: where its lists are, below the archive's root, and what they hold. */
interface Suite {
  readonly root: string;
  readonly suite: string;
  readonly origin: string;
  readonly components: Readonly<Record<string, number>>;
}

// Numbers of packages are small, but the lists are complete ones that apt parses.
const UBUNTU: readonly Suite[] = [
  { root: "/ubuntu", suite: "noble", origin: "Ubuntu", components: { main: 400, universe: 900 } },
  { root: "/ubuntu", suite: "noble-updates", origin: "Ubuntu", components: { main: 250, universe: 300 } },
  { root: "/ubuntu", suite: "noble-security", origin: "Ubuntu", components: { main: 200 } },
];
const MICROSOFT: readonly Suite[] = [
  { root: "/ubuntu/24.04/prod", suite: "noble", origin: "microsoft-ubuntu-noble-prod", components: { main: 60 } },
];

/** The lines of sources.list for both archives; `key` is the path of the public key that signs them. */
export const sourcesList = (key: string): string => {
  const line = (scheme: string, host: string) => (suite: Suite) =>
    `deb [arch=amd64 signed-by=${key}] ${scheme}://${host}${suite.root} ${suite.suite} ${Object.keys(suite.components).join(" ")}\n`;
  return [
    ...UBUNTU.map(line("http", "azure.archive.ubuntu.com")),
    ...MICROSOFT.map(line("https", "packages.microsoft.com")),
  ].join("");
};

const stanza = (suite: Suite, component: string, index: number): string => {
  const name = `sample-${suite.suite}-${component}-${index}`;
  const sha256 = createHash("sha256").update(name).digest("hex");
  return [
    `Package: ${name}`,
    `Version: 1.${index}-1`,
    "Architecture: amd64",
    "Maintainer: Sample Maintainers <maintainers@octo.example>",
    `Filename: pool/${component}/${name}_1.${index}-1_amd64.deb`,
    `Size: ${1000 + index}`,
    `SHA256: ${sha256}`,
    `Description: sample package ${index} of ${component}`,
    "",
    "",
  ].join("\n");
};

const hashLine = (path: string, data: Buffer): string =>
  ` ${createHash("sha256").update(data).digest("hex")} ${data.length} ${path}`;

const suiteFiles = (suite: Suite, key: SigningKey, date: Date): [string, Buffer][] => {
  const lists = Object.entries(suite.components).flatMap(([component, count]): [string, Buffer][] => {
    const list = Buffer.from(Array.from({ length: count }, (_, index) => stanza(suite, component, index)).join(""));
    const path = `${component}/binary-amd64/Packages`;
    return [
      [path, list],
      [`${path}.gz`, gzipSync(list)],
    ];
  });
  const release = [
    `Origin: ${suite.origin}`,
    `Label: ${suite.origin}`,
    `Suite: ${suite.suite}`,
    `Codename: ${suite.suite}`,
    `Date: ${date.toUTCString()}`,
    "Architectures: amd64",
    `Components: ${Object.keys(suite.components).join(" ")}`,
    "SHA256:",
    ...lists.map(([path, data]) => hashLine(path, data)),
    "",
  ].join("\n");
  const base = `${suite.root}/dists/${suite.suite}`;
  return [
    [`${base}/InRelease`, Buffer.from(key.clearSign(release))],
    ...lists.map(([path, data]): [string, Buffer] => [`${base}/${path}`, data]),
  ];
};

/** All files of an archive by their path. `date` is when its lists were published; one in the future makes apt refuse them. */
export const makeAptArchive = (which: "ubuntu" | "microsoft", key: SigningKey, date: Date): Map<string, Buffer> =>
  new Map((which === "ubuntu" ? UBUNTU : MICROSOFT).flatMap((suite) => suiteFiles(suite, key, date)));
