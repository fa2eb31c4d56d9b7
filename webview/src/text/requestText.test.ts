import assert from "node:assert/strict";
import { applyLine } from "../model/applyEvent.ts";
import { RawLines } from "../model/rawLines.ts";
import { RunModel } from "../model/runModel.ts";
import { allowlistEntries, curlCommand } from "./requestText.ts";

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
    assert.equal(curlOf({ ...get, method: "-o/etc/x" }), undefined);
    assert.equal(curlOf({ ...get, path: "", method: "CONNECT" }), undefined);
    assert.equal(curlOf(get, false), undefined);
  });
});

describe("entries of Copilot's allowlist", () => {
  it("are the narrowest that it can say, each once", () => {
    assert.equal(
      allowlistEntries("pypi.org:443\npypi.org:80\ngithub.com:22\ngithub.com:9418\n[2001:db8::1]:443"),
      "https://pypi.org/\nhttp://pypi.org/\ngithub.com\nhttps://[2001:db8::1]/",
    );
  });
});
