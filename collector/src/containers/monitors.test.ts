import assert from "node:assert/strict";
import fc from "fast-check";
import { dataRootOf, monitorOf, storageOf } from "./monitors.ts";

const ID = "0123456789abcdef".repeat(4);
const conmon = [
  ..."/usr/bin/conmon --api-version 1 -c".split(" "),
  ID,
  "-u",
  ID,
  ...`-r /usr/bin/crun -b /s/overlay-containers/${ID}/userdata -n web --exit-command /usr/bin/podman`.split(" "),
];

describe("the command lines of runtimes", () => {
  it("name the container that a monitor watches over", () => {
    assert.deepEqual(monitorOf("/usr/bin/conmon", conmon), { id: ID, runtime: "podman" });
    assert.deepEqual(monitorOf("/usr/bin/conmon", ["conmon", "-c", ID]), { id: ID, runtime: "" });
    const shim = (namespace: string): string[] => ["containerd-shim-runc-v2", "-namespace", namespace, "-id", ID];
    assert.deepEqual(monitorOf("/usr/bin/containerd-shim-runc-v2", shim("moby")), { id: ID, runtime: "docker" });
    assert.deepEqual(monitorOf("/usr/bin/containerd-shim-runc-v2", shim("default")), { id: ID, runtime: "containerd" });
    assert.equal(monitorOf("/usr/bin/conmon", ["conmon", "--version"]), undefined);
    assert.equal(monitorOf("/bin/sh", conmon), undefined);
    assert.equal(monitorOf("/usr/bin/conmon", ["conmon", "-c", "../x"]), undefined);
  });

  it("say where containers are kept", () => {
    assert.equal(storageOf(conmon), "/s/overlay-containers");
    for (const bundle of ["", "/", "x", "overlay-containers/a/userdata", "/s/elsewhere/a/userdata"]) {
      assert.equal(storageOf(["conmon", "-b", bundle]), undefined, bundle);
    }
    assert.equal(dataRootOf(["dockerd", "--data-root", "/a"]), "/a");
    assert.equal(dataRootOf(["dockerd", "--data-root=/a"]), "/a");
    assert.equal(dataRootOf(["dockerd", "-g", "relative"]), undefined);
    assert.equal(dataRootOf(["dockerd", "-H", "unix:///x"]), undefined);
  });

  it("may be any", () => {
    const word = fc.oneof(fc.string(), fc.constantFrom("-c", "-id", "-b", "--data-root", "-namespace"));
    fc.assert(
      fc.property(fc.array(word), fc.constantFrom("/x/conmon", "/x/containerd-shim"), (argv, exe) => {
        assert.match(monitorOf(exe, argv)?.id ?? "x", /^[A-Za-z0-9][A-Za-z0-9_.-]*$/);
        assert.match(storageOf(argv) ?? "/a/overlay-containers", /^\/.+-containers$/);
        assert.match(dataRootOf(argv) ?? "/", /^\//);
      }),
    );
  });
});
