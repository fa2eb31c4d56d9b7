import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CASES } from "./cases.ts";
import { makeInitrd } from "./guest.ts";
import { testKernel } from "./kernelTests.ts";
import { choose, fetchKernels, newestOfEach } from "./packages.ts";

describe("kernels of a package archive", () => {
  it("are chosen by their series: the oldest that the sensor is for, 6.12, and the newest", () => {
    const names = [
      "linux-image-5.10.0-32-cloud-amd64",
      "linux-image-6.1.0-9-cloud-amd64",
      "linux-image-6.1.0-50-cloud-amd64",
      "linux-image-6.1.0-50-cloud-amd64-dbg",
      "linux-image-6.12.95+deb12-cloud-amd64",
      "linux-image-6.9.7+bpo-cloud-amd64",
      "linux-binary-7.3.4+deb13-cloud-amd64",
      "linux-image-7.3.4+deb13-cloud-amd64",
      "linux-headers-8.0.0-cloud-amd64",
    ];
    const newest = newestOfEach(names);
    assert.deepEqual([...newest.keys()].toSorted(), ["6.1", "6.12", "6.9", "7.3"]);
    assert.deepEqual(choose(newest), [names[2], names[4], names[6]]);
    assert.deepEqual(choose(newestOfEach(names.slice(0, 3))), [names[2]]);
    assert.deepEqual(choose(newestOfEach([])), []);
  });
});

describe("the sensor in other kernels", function () {
  this.timeout(600_000);
  const folder = mkdtempSync(join(tmpdir(), "runglass-kernels-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const kernels = fetchKernels();
  let initrd: string;
  before(() => {
    initrd = makeInitrd(folder, CASES);
  });

  for (const kernel of kernels) testKernel(kernel, CASES, () => initrd);
});
