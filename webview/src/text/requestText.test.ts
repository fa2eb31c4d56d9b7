import assert from "node:assert/strict";
import { applyLine } from "../model/applyEvent.ts";
import { RawLines } from "../model/rawLines.ts";
import { RunModel } from "../model/runModel.ts";
import { allowlistEntries, curlCommand, requestEntry } from "./requestText.ts";

const curlOf = (http: Readonly<Record<string, unknown>>, isKept = true): string | undefined => {
  const line = JSON.stringify({ v: 1, seq: 1, t: 1, type: "http.request", http });
  const model = new RunModel();
  applyLine(model, line);
  const raw = new RawLines();
  if (isKept) raw.add(new TextEncoder().encode(`${line}\n`), 1);
  return curlCommand(model, raw, 1);
};

const get = { method: "GET", host: "pypi.org", path: "/simple/x/", version: "1.1", tls: "openssl" };

describe("a request as a curl command", () => {
  it("is what was asked, by its method", () => {
    assert.equal(curlOf(get), "curl https://pypi.org/simple/x/");
    assert.equal(curlOf({ ...get, method: "HEAD", tls: "none" }), "curl -I http://pypi.org/simple/x/");
    assert.equal(
      curlOf({ ...get, method: "POST", host: "a.example:8443" }),
      "curl -X POST https://a.example:8443/simple/x/",
    );
  });

  it("is safe to paste, and none where it could be something else", () => {
    assert.equal(curlOf({ ...get, path: "/$(id)'?***" }), "curl 'https://pypi.org/$(id)'\\''?***'");
    assert.equal(curlOf({ ...get, path: "/a[1-9]{b,c}" }), "curl -g 'https://pypi.org/a[1-9]{b,c}'");
    assert.equal(curlOf({ ...get, path: "/a/../etc/#x" }), "curl --path-as-is https://pypi.org/a/../etc/%23x");
    assert.equal(curlOf({ ...get, path: "/\u202e\n-o x" }), "curl $'https://pypi.org/\\u202e\\x0a-o x'");
    for (const host of [
      "pypi.org@evil.example",
      "pypi.org/x",
      "-K",
      "a b",
      "",
      "[::1",
      "pypi.org:443:1",
      "é.example",
    ]) {
      assert.equal(curlOf({ ...get, host }), undefined, host);
    }
    assert.equal(curlOf({ ...get, host: "[2001:db8::1]:8443" }), "curl -g 'https://[2001:db8::1]:8443/simple/x/'");
    assert.equal(curlOf({ ...get, method: "-o/etc/x" }), undefined);
    assert.equal(curlOf({ ...get, path: "", method: "CONNECT" }), undefined);
    assert.equal(curlOf(get, false), undefined);
  });
});

describe("a request as an entry of the policy", () => {
  const entryOf = (more: Readonly<Record<string, unknown>>, verdict = "would-block"): string | undefined => {
    const line = JSON.stringify({ v: 1, seq: 1, t: 1, type: "http.request", http: { ...get, ...more }, verdict });
    const model = new RunModel();
    applyLine(model, line);
    const raw = new RawLines();
    raw.add(new TextEncoder().encode(`${line}\n`), 1);
    return requestEntry(model, raw, 1);
  };

  it("is what was asked, where no entry expects it", () => {
    assert.equal(entryOf({ method: "PUT", path: "/legacy/?***" }), "PUT https://pypi.org/legacy/");
    assert.equal(entryOf({ tls: "none", host: "a.example:8080" }), "GET http://a.example:8080/simple/x/");
    assert.equal(entryOf({}, "allowed"), undefined);
    for (const path of ["/a b", "/*", "/é"]) assert.equal(entryOf({ path }), undefined, path);
  });
});

describe("entries of Copilot's allowlist", () => {
  it("are the narrowest that it can say, each once", () => {
    assert.equal(
      allowlistEntries(
        "ntp.ubuntu.com:123/udp\npypi.org:443\npypi.org:80\ngithub.com:22\ngithub.com:9418\n[2001:db8::1]:443",
      ),
      "ntp.ubuntu.com\nhttps://pypi.org/\nhttp://pypi.org/\ngithub.com\nhttps://[2001:db8::1]/",
    );
  });
});
