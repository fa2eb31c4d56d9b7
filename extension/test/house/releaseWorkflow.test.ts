// What a release is made by: nothing in it may change under us, and each job has the rights that it needs and no others.
import assert from "node:assert/strict";
import { parse } from "yaml";
import { textOf } from "./trackedFiles.ts";

interface Workflow {
  readonly permissions: object;
  readonly jobs: Readonly<Record<string, { readonly permissions: object }>>;
}

describe("the release workflow", () => {
  const text = textOf(".github/workflows/release.yml");
  const workflow = parse(text) as Workflow;

  it("uses actions by their commits", () => {
    const uses = [...text.matchAll(/^ *(?:- )?uses: (.*)/gm)].map(([, what = ""]) => what);
    assert.ok(uses.length > 0);
    assert.deepEqual(
      uses.filter((what) => !/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(what)),
      [],
    );
  });

  it("gives each job the least", () => {
    assert.deepEqual(workflow.permissions, {});
    const rights = Object.entries(workflow.jobs).map(([name, { permissions }]) => [name, permissions]);
    assert.deepEqual(Object.fromEntries(rights), {
      build: { contents: "read" },
      "sensor-arm64": { contents: "read" },
      publish: { contents: "write", "id-token": "write", attestations: "write" },
    });
  });

  it("puts no text of others into a script", () => {
    const scripts = [...text.matchAll(/run: (?:\|\n((?: {10}.*\n|\n)+)|(.*))/g)].map(([all]) => all);
    assert.deepEqual(
      scripts.filter((script) => script.includes("${{")),
      [],
    );
  });
});
