// A session that worked on kiosk (.NET, Terraform, containers, a page test): what it did, and what each event is about.
// Written before it was looked at what the rules say; since then they were mended where they were wrong.
import { at, LabelledRun, nothing, perhaps, right } from "../labelledRun.ts";

export const kiosk = (): LabelledRun => {
  const run = new LabelledRun("octo-org/kiosk", "2026-09-01", "12:00:30");
  const polly = at("src/Kiosk/Kiosk.csproj", 'Include="Polly"');
  const client = at("src/Kiosk/TillClient.cs");
  const till = at("src/Kiosk/TillClient.cs", "https://till.octo.example/api");
  const agent = run.exec(["node", "/opt/copilot-runtime/dist-cca-v3/index.js"], undefined, undefined, undefined, {
    cwd: "/opt/copilot-runtime",
  });
  const shell = run.exec(["bash", "--norc"], agent);

  run.clock("12:02:00");
  const adding = run.call("bash", { command: "dotnet add src/Kiosk package Polly" });
  const add = run.exec(["dotnet", "add", "src/Kiosk", "package", "Polly"], shell, right(polly), adding);
  run.request(add, "GET", "api.nuget.org", "/v3-flatcontainer/polly/8.4.1/polly.8.4.1.nupkg", right(polly));
  run.write(add, "create", "/home/runner/.nuget/packages/polly/8.4.1/polly.nuspec", right(polly));
  run.write(add, "write", "src/Kiosk/obj/project.assets.json", perhaps(polly));
  run.connect(add, "dc.services.visualstudio.com", perhaps(polly));
  const create = run.call("create", { path: `${run.root}/src/Kiosk/TillClient.cs` });
  run.write(agent, "create", "src/Kiosk/TillClient.cs", right(client), { tool: create });

  run.clock("12:05:00");
  const testing = run.call("bash", { command: "dotnet test --filter Retries_three_times" });
  run.exec(
    ["dotnet", "test", "--filter", "Retries_three_times"],
    shell,
    right(at("src/Kiosk.Tests/TillClientTests.cs", "Retries_three_times")),
    testing,
  );
  const serving = run.call("bash", { command: "dotnet run --project src/Kiosk" });
  const dotnet = run.exec(
    ["dotnet", "run", "--project", "src/Kiosk"],
    shell,
    perhaps(at("src/Kiosk/Kiosk.csproj"), client),
    serving,
  );
  const program = run.exec([`${run.root}/src/Kiosk/bin/Debug/net8.0/Kiosk`], dotnet);
  run.connect(program, "till.octo.example", right(till));
  run.request(program, "GET", "till.octo.example", "/api/sold", right(till));
  run.read(program, "/proc/1/environ", nothing);

  run.clock("12:12:00");
  const upping = run.call("bash", { command: "docker compose up -d" });
  run.exec(["docker", "compose", "up", "-d"], shell, right(at("compose.yaml")), upping);
  const daemon = run.exec(["/usr/bin/dockerd"]);
  run.connect(daemon, "registry.octo.example", right(at("compose.yaml", "registry.octo.example/kiosk:1")));
  const inside = run.exec(["dotnet", "Kiosk.dll"], daemon, undefined, undefined, { cwd: "/app" });
  run.connect(inside, "till-staging.octo.example", right(at("compose.yaml", "TILL_URL")));
  const planning = run.call("bash", { command: "cd infra && terraform init" });
  const infra = { cwd: `${run.root}/infra` };
  const terraform = run.exec(["terraform", "init"], shell, right(at("infra/main.tf")), planning, infra);
  run.connect(terraform, "modules.octo.example", right(at("infra/main.tf", "https://modules.octo.example")));

  run.clock("12:20:00");
  const looking = run.call("bash", { command: "npm run screens" });
  const npm = run.exec(
    ["node", "/usr/bin/npm", "run", "screens"],
    shell,
    right(at("package.json", '"screens"')),
    looking,
  );
  run.exec(
    ["node", "node_modules/.bin/playwright", "test", "e2e/screens.spec.ts"],
    npm,
    right(at("e2e/screens.spec.ts"), at("package.json", '"screens"')),
  );
  const building = run.call("bash", { command: "pwsh ./build.ps1" });
  const pwsh = run.exec(["pwsh", "./build.ps1"], shell, right(at("build.ps1")), building);
  run.exec(
    ["dotnet", "publish", "src/Kiosk", "-c", "Release"],
    pwsh,
    right(at("build.ps1", "dotnet publish src/Kiosk -c Release")),
  );

  run.clock("12:28:00");
  const gone = right(at("src/Kiosk/LegacyTill.cs"));
  const removing = run.call("bash", { command: "rm src/Kiosk/LegacyTill.cs" });
  const rm = run.exec(["rm", "src/Kiosk/LegacyTill.cs"], shell, gone, removing);
  run.write(rm, "unlink", "src/Kiosk/LegacyTill.cs", gone);
  run.exec(["git", "push", "origin", "HEAD"], agent, nothing);
  return run;
};
