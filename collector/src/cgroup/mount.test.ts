import assert from "node:assert/strict";
import { cgroupDirectory, parseCgroupMounts, parseOwnCgroup } from "./mount.ts";

const mountinfo = `24 1 0:22 / /sys rw - sysfs sysfs rw
35 24 0:30 / /sys/fs/cgroup/unified rw,relatime shared:9 - cgroup2 cgroup2 rw,nsdelegate
36 24 0:31 /docker/a\\040b /mnt/cg\\040roup ro,relatime - cgroup2 cgroup2 rw
37 24 0:32 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu
`;

describe("the cgroup v2 mount", () => {
  it("is found in mountinfo, with escapes and read-only", () => {
    assert.deepEqual(parseCgroupMounts(mountinfo), [
      { path: "/sys/fs/cgroup/unified", root: "/", readOnly: false },
      { path: "/mnt/cg roup", root: "/docker/a b", readOnly: true },
    ]);
    assert.deepEqual(parseCgroupMounts(""), []);
  });

  it("tells our own directory, also where only a part of the tree is seen", () => {
    const [whole, part] = parseCgroupMounts(mountinfo);
    assert.ok(whole !== undefined && part !== undefined);
    assert.equal(parseOwnCgroup("9:pids:/x\n0::/system.slice/a.service\n"), "/system.slice/a.service");
    assert.equal(parseOwnCgroup("9:pids:/x\n"), undefined);
    assert.equal(cgroupDirectory(whole, "/system.slice/a"), "/sys/fs/cgroup/unified/system.slice/a");
    assert.equal(cgroupDirectory(whole, "/"), "/sys/fs/cgroup/unified");
    assert.equal(cgroupDirectory(part, "/docker/a b/c"), "/mnt/cg roup/c");
    assert.equal(cgroupDirectory(part, "/docker/a bc"), "/mnt/cg roup");
    assert.equal(cgroupDirectory(whole, "/../outside"), "/sys/fs/cgroup/unified");
  });
});
