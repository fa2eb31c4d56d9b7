// A session that worked on rowsmith (two Python services alike) and one that did so at the same time: the same package in two
// lists, lines that a later commit takes out again, a batch file of DOS, a lock file without a patch, an image.
// Written before it was looked at what the rules say; since then they were mended where they were wrong.
import { at, inCommit, LabelledRun, nothing, perhaps, right } from "../labelledRun.ts";

export const rowsmith = (): LabelledRun => {
  const run = new LabelledRun("octo-org/rowsmith", "2026-08-18", "09:57:00");
  const site = "/home/runner/.local/lib/python3.12/site-packages";
  const ingestHttpx = at("services/ingest/requirements.txt", "httpx==0.27.0");
  const reportHttpx = at("services/report/requirements.txt", "httpx==0.27.0");
  const jinja = at("services/report/requirements.txt", "Jinja2==3.1.4");
  const retry = inCommit(1, "services/ingest/app.py", "RETRY_URL = ");
  const mail = at("services/report/app.py", "https://mail.octo.example/send");

  const agent = run.exec(["node", "/opt/copilot-runtime/dist-cca-v3/index.js"], undefined, undefined, undefined, {
    cwd: "/opt/copilot-runtime",
  });
  const shell = run.exec(["bash", "--norc"], agent);

  run.clock("10:01:00");
  const installing = run.call("bash", { command: "cd services/ingest && pip install -r requirements.txt" });
  const pip = run.exec(
    ["/usr/bin/python3", "/usr/bin/pip", "install", "-r", "requirements.txt"],
    shell,
    right(ingestHttpx),
    installing,
    { cwd: `${run.root}/services/ingest` },
  );
  run.request(pip, "GET", "pypi.org", "/simple/httpx/", right(ingestHttpx));
  run.request(pip, "GET", "pypi.org", "/simple/httpcore/", perhaps(ingestHttpx));
  run.write(pip, "create", `${site}/httpx/__init__.py`, right(ingestHttpx, reportHttpx));

  run.clock("10:03:00");
  const ingesting = run.call("bash", { command: "cd services/ingest && python app.py" });
  const ingest = run.exec(["python", "app.py"], shell, right(at("services/ingest/app.py")), ingesting, {
    cwd: `${run.root}/services/ingest`,
  });
  run.connect(ingest, "feed.octo.example", right(at("services/ingest/app.py", "https://feed.octo.example/rows")));
  // The file is in the change, this line of it is no more.
  run.query(ingest, "retry.octo.example", right(retry));
  run.connect(ingest, "retry.octo.example", right(retry));
  run.write(ingest, "create", "services/ingest/__pycache__/app.cpython-312.pyc", nothing);

  // The other session.
  run.clock("10:09:00");
  const other = run.exec(["node", "/opt/copilot-runtime/dist-cca-v3/index.js"], undefined, undefined, undefined, {
    cwd: "/opt/copilot-runtime",
  });
  const posting = run.call(
    "str_replace",
    { path: `${run.root}/services/report/app.py`, old_str: "21 characters", new_str: "140 characters" },
    '    httpx.post("https://mail.octo.example/send", json={"body": body})\n',
  );
  run.write(other, "write", "services/report/app.py", right(mail), { tool: posting });
  const reporting = run.call("bash", { command: "pip install -r services/report/requirements.txt" });
  const pipReport = run.exec(
    ["pip", "install", "-r", "services/report/requirements.txt"],
    other,
    right(reportHttpx, jinja),
    reporting,
  );
  run.request(pipReport, "GET", "pypi.org", "/simple/jinja2/", right(jinja));
  run.request(pipReport, "GET", "pypi.org", "/simple/httpx/", right(reportHttpx));
  run.write(pipReport, "create", `${site}/jinja2/__init__.py`, right(jinja));
  run.write(pipReport, "create", `${site}/markupsafe/__init__.py`, perhaps(jinja));
  const running = run.call("bash", { command: "cd services/report && python app.py" });
  const report = run.exec(["python", "app.py"], other, right(at("services/report/app.py")), running, {
    cwd: `${run.root}/services/report`,
  });
  run.connect(report, "mail.octo.example", right(mail));
  run.clock("10:11:50");
  run.exec(
    ["git", "commit", "-q", "-m", "Report by mail"],
    other,
    right(inCommit(2, "services/report/app.py"), inCommit(2, "services/report/requirements.txt")),
  );

  run.clock("10:16:00");
  const token = at("services/ingest/settings.env", "https://auth.octo.example/token");
  run.request(ingest, "POST", "auth.octo.example", "/token", right(token));
  run.write(agent, "create", "assets/logo.png", right(at("assets/logo.png")));
  const locking = run.call("bash", { command: "uv lock" });
  const uv = run.exec(["uv", "lock"], shell, perhaps(at("uv.lock")), locking);
  run.write(uv, "write", "uv.lock", right(at("uv.lock")));
  const odbc = right(at("windows/setup.bat", "https://dl.octo.example/odbc.msi"));
  const curl = run.exec(["curl", "-L", "https://dl.octo.example/odbc.msi", "-o", "odbc.msi"], shell, odbc);
  run.connect(curl, "dl.octo.example", odbc);
  run.exec(["pytest", "services/ingest"], shell, nothing);
  run.write(shell, "write", "requirements.txt", nothing);
  run.exec(["pip", "install", "-r", "requirements.txt"], shell, nothing);

  run.clock("10:26:00");
  const once = run.call("edit", { path: `${run.root}/services/ingest/app.py` });
  run.write(
    agent,
    "write",
    "services/ingest/app.py",
    right(at("services/ingest/app.py", "response = httpx.get(SOURCE)"), inCommit(4, "services/ingest/app.py")),
    { tool: once },
  );
  return run;
};
