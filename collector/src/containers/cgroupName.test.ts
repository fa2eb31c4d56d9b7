import assert from "node:assert/strict";
import fc from "fast-check";
import { containerOfCgroup } from "./cgroupName.ts";

const ID = "0123456789abcdef".repeat(4);
const OTHER = "fedcba9876543210".repeat(4);
const BUILD = "v0vh0b4weopl94ac79kpe4trr";

describe("the container that a control group is of", () => {
  const cases: readonly (readonly [path: string, id: string, runtime: string, uid?: number])[] = [
    [`/docker/${ID}`, ID, "docker"],
    [`/system.slice/docker-${ID}.scope`, ID, "docker"],
    [`/system.slice/docker-${ID}.scope/init.scope`, ID, "docker"],
    [`/actions_job/${ID}`, ID, ""],
    [`/docker/${OTHER}/docker/${ID}`, ID, "docker"],
    [`/libpod_parent/libpod-${ID}`, ID, "podman"],
    [`/machine.slice/libpod-${ID}.scope/container`, ID, "podman"],
    [`/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-${ID}.scope/container`, ID, "podman", 1000],
    [`/machine.slice/machine-libpod_pod_${OTHER}.slice/libpod-${ID}.scope`, ID, "podman"],
    [`/kubepods.slice/kubepods-besteffort.slice/cri-containerd-${ID}.scope`, ID, "containerd"],
    [`/kubepods-besteffort-pod1.slice:cri-containerd:${ID}`, ID, "containerd"],
    [`/kubepods/burstable/pod0f1e/${ID}`, ID, ""],
    [`/kubepods.slice/crio-${ID}.scope`, ID, "cri-o"],
    [`/system.slice/nerdctl-${ID}.scope`, ID, "containerd"],
    [`/docker/buildkit/${BUILD}`, BUILD, "buildkit"],
    [`/system.slice/docker-${BUILD}.scope`, BUILD, "buildkit"],
    [`/docker/${OTHER}/buildkit/${BUILD}`, BUILD, "buildkit"],
    ["/buildah-buildah2361206234", "buildah2361206234", "buildah"],
  ];
  for (const [path, id, runtime, uid] of cases) {
    it(path.replaceAll(ID, "ID").replaceAll(OTHER, "OTHER"), () =>
      assert.deepEqual(containerOfCgroup(path), { id, runtime, uid }),
    );
  }

  it("is none for others, and for what watches over containers", () => {
    for (const path of [
      "",
      "/",
      "/init.scope",
      "/system.slice/docker.service",
      "/system.slice/docker.service/init",
      `/libpod_parent/libpod-conmon-${ID}`,
      `/machine.slice/libpod-conmon-${ID}.scope`,
      `/kubepods.slice/crio-conmon-${ID}.scope`,
      `/docker/${ID}x`,
      `/docker/${ID.toUpperCase()}`,
      `/x${ID}`,
      `/user.slice/${BUILD}`,
    ]) {
      assert.equal(containerOfCgroup(path), undefined, path);
    }
  });

  it("takes any path that anyone can make, and gives only an id that stands in it", () => {
    const part = fc.oneof(
      fc.string(),
      fc.constantFrom("docker", "buildkit", ID, `docker-${ID}.scope`, `libpod-${ID}`, BUILD),
    );
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const path = `/${parts.join("/")}`;
        const found = containerOfCgroup(path);
        assert.ok(found === undefined || (path.includes(found.id) && /^[a-z0-9]{8,64}$/.test(found.id)), path);
      }),
    );
  });
});
