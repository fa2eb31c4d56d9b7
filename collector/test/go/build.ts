// Builds Go programs for tests, with the distribution's Go and nothing from outside.
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

export const CLIENT = join(import.meta.dirname, "client.go");

export interface GoBuild {
  readonly ldflags?: string;
  /** Linked by the C compiler's linker, as programs with C in them are. */
  readonly external?: boolean;
  /** As Go names it; without C in it then. */
  readonly arch?: string;
}

/** Builds `source` to `output`; its cache lies beside it, and goes with it. */
export const buildGo = (output: string, source: string, build: GoBuild = {}): string => {
  const ldflags = [...(build.external === true ? ["-linkmode=external"] : []), build.ldflags ?? ""].join(" ").trim();
  const options = ldflags === "" ? [] : ["-ldflags", ldflags];
  execFileSync("go", ["build", ...options, "-o", output, source], {
    cwd: dirname(output),
    stdio: "pipe",
    env: {
      ...process.env,
      GO111MODULE: "off",
      GOCACHE: join(dirname(output), "go-cache"),
      GOPATH: join(dirname(output), "go-path"),
      GOFLAGS: "",
      GOTOOLCHAIN: "local",
      // As the library that comes with it is compiled.
      CGO_ENABLED: build.arch === undefined ? "1" : "0",
      ...(build.arch === undefined ? {} : { GOARCH: build.arch }),
    },
  });
  return output;
};

/** A program that has no TLS in it. */
export const buildGoWithoutTls = (output: string): string => {
  const source = `${output}.go`;
  writeFileSync(source, 'package main\n\nimport "fmt"\n\nfunc main() { fmt.Println("fine") }\n');
  return buildGo(output, source);
};
