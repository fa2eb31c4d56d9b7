import assert from "node:assert/strict";
import fc from "fast-check";
import { requestOf } from "./requests.ts";

const of = (line: string): ReturnType<typeof requestOf> => {
  const argv = line.split(" ");
  return requestOf(`/usr/bin/${argv[0]}`, argv);
};
const run = (image: string, command: string[], name?: string, cidfile?: string): unknown => ({
  kind: "run",
  name,
  cidfile,
  image,
  command,
});

describe("what a client asks a daemon for", () => {
  const cases: readonly (readonly [string, unknown])[] = [
    ["docker run alpine:3 sh -c true", run("alpine:3", ["sh", "-c", "true"])],
    ["docker run -it --rm alpine", run("alpine", [])],
    ["docker run -itv /a:/b -p80:80 -e A=b --name web alpine -c x", run("alpine", ["-c", "x"], "web")],
    ["docker -H unix:///x --debug run --name=web -- alpine true", run("alpine", ["true"], "web")],
    ["docker --context remote container run --cidfile /c --pull never alpine", run("alpine", [], undefined, "/c")],
    ["docker create --entrypoint sh --network none alpine", run("alpine", [])],
    [
      "docker exec -i -w /w --env A=b 0123abcd sh -e /x.sh",
      { kind: "exec", container: "0123abcd", command: ["sh", "-e", "/x.sh"] },
    ],
    ["docker container exec web true", { kind: "exec", container: "web", command: ["true"] }],
    ["docker start -a web db", { kind: "start", containers: ["web", "db"] }],
    ["docker build -t x .", { kind: "build" }],
    ["docker buildx build -t x .", { kind: "build" }],
    ["docker-buildx buildx bake", { kind: "build" }],
    ["docker compose -p shop up -d", { kind: "compose", folder: undefined, project: "shop" }],
    ["docker-compose -f a.yml up", { kind: "compose", folder: undefined, project: undefined }],
    ["docker-compose compose --project-directory /p up", { kind: "compose", folder: "/p", project: undefined }],
    ["podman --remote run alpine true", run("alpine", ["true"])],
    ["podman-remote run alpine true", run("alpine", ["true"])],
    ["systemd-run --unit=job --wait make -j2", { kind: "unit", unit: "job.service", command: ["make", "-j2"] }],
    ["systemd-run -u job.service -p A=b make", { kind: "unit", unit: "job.service", command: ["make"] }],
    ["systemd-run --user -E A=b make", { kind: "unit", unit: undefined, command: ["make"] }],
  ];
  for (const [line, request] of cases) it(line, () => assert.deepEqual(of(line), request));

  it("is nothing where a client asks for something else, or does it itself", () => {
    for (const line of [
      "docker",
      "docker version",
      "docker run",
      "docker run --rm",
      "docker ps -a",
      "docker exec web",
      "docker compose logs",
      "podman run alpine true",
      "systemd-run --scope make",
      "systemd-run",
      "docker-proxy run alpine",
      "sh -c docker",
    ]) {
      assert.equal(of(line), undefined, line);
    }
  });

  it("may be any words", () => {
    const word = fc.oneof(
      fc.string(),
      fc.constantFrom("run", "exec", "-it", "--name", "--", "-", "compose", "up", "-p"),
    );
    fc.assert(
      fc.property(fc.constantFrom("docker", "docker-compose", "systemd-run"), fc.array(word), (program, words) => {
        const request = requestOf(`/bin/${program}`, [program, ...words]);
        const texts = JSON.stringify(Object.values(request ?? {}).flat());
        for (const text of JSON.parse(texts) as (string | null)[]) {
          assert.ok(text === null || typeof text === "string");
        }
      }),
    );
  });
});
