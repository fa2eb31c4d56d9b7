// A session that worked on signage (Ruby): a gem, a file that is renamed later, a host in a comment beside the one that is used.
// Written before it was looked at what the rules say; since then they were mended where they were wrong.
import { at, inCommit, LabelledRun, nothing, perhaps, right } from "../labelledRun.ts";

export const signage = (): LabelledRun => {
  const run = new LabelledRun("octo-org/signage", "2026-08-25", "10:59:00");
  const faraday = at("Gemfile", 'gem "faraday"');
  const forecast = at("lib/signage/forecast.rb");
  const service = [
    at("lib/signage/forecast.rb", 'BASE = "https://wx.octo.example"'),
    at("config/hosts.yml", "wx.octo.example"),
  ];
  const agent = run.exec(["node", "/opt/copilot-runtime/dist-cca-v3/index.js"], undefined, undefined, undefined, {
    cwd: "/opt/copilot-runtime",
  });
  const shell = run.exec(["bash", "--norc"], agent);

  run.clock("11:02:00");
  const installing = run.call("bash", { command: "bundle install" });
  const bundle = run.exec(["ruby", "/usr/bin/bundle", "install"], shell, right(faraday), installing);
  run.connect(bundle, "index.rubygems.org", perhaps(faraday));
  run.request(bundle, "GET", "rubygems.org", "/gems/faraday-2.9.0.gem", right(faraday));
  run.write(bundle, "create", "/home/runner/.gem/ruby/3.3.0/gems/faraday-2.9.0/lib/faraday.rb", right(faraday));

  run.clock("11:05:00");
  const edit = run.call("edit", { path: `${run.root}/lib/signage/weather.rb` });
  run.write(agent, "write", "lib/signage/weather.rb", right(forecast, inCommit(1, "lib/signage/weather.rb")), {
    tool: edit,
  });
  const asking = run.call("bash", { command: "curl -sI https://old-wx.octo.example" });
  const curl = run.exec(["curl", "-sI", "https://old-wx.octo.example"], shell, undefined, asking);
  run.query(curl, "old-wx.octo.example", right(at("lib/signage/forecast.rb", "https://old-wx.octo.example")));
  run.write(agent, "write", "config/hosts.yml", right(at("config/hosts.yml")));
  run.clock("11:07:40");
  run.exec(
    ["git", "commit", "-qam", "Read the weather"],
    agent,
    right(inCommit(1, "Gemfile"), inCommit(1, "lib/signage/weather.rb"), inCommit(1, "config/hosts.yml")),
  );

  run.clock("11:12:00");
  const rendering = run.call("bash", { command: "ruby -Ilib bin/render > /tmp/board.txt" });
  const ruby = run.exec(["ruby", "-Ilib", "bin/render"], shell, right(at("bin/render")), rendering);
  run.connect(ruby, "wx.octo.example", right(...service));
  run.request(ruby, "GET", "wx.octo.example", "/v3/now?***", right(...service));
  run.write(ruby, "create", "tmp/out/board.png", perhaps(at("bin/render")));
  const fonts = right(at("scripts/fonts.sh"));
  const getting = run.call("bash", { command: "sh scripts/fonts.sh && sudo apt-get install -y fonts-noto" });
  const sh = run.exec(["sh", "scripts/fonts.sh"], shell, fonts, getting);
  const face = run.exec(["curl", "-fsSLO", "https://fonts.octo.example/Display.woff2"], sh);
  run.connect(face, "fonts.octo.example", right(at("scripts/fonts.sh", "https://fonts.octo.example")));
  run.exec(["sudo", "apt-get", "install", "-y", "fonts-noto"], shell, right(at("Dockerfile", "fonts-noto")), getting);
  run.read(ruby, ".env", nothing);

  run.clock("11:19:00");
  const testing = run.call("bash", { command: "ruby -Ilib -Itest test/weather_test.rb -n test_cold" });
  run.exec(
    ["ruby", "-Ilib", "-Itest", "test/weather_test.rb", "-n", "test_cold"],
    shell,
    right(at("test/weather_test.rb", "def test_cold")),
    testing,
  );
  const rake = run.exec(["rake", "lint"], shell, right(at("Rakefile", "task :lint")));
  run.exec(["rubocop"], rake, perhaps(at("Rakefile", "task :lint"), at("Rakefile", 'sh "rubocop"')));
  run.write(shell, "write", "docs/SETUP.md", nothing);

  run.clock("11:28:00");
  const moving = run.call("bash", { command: "git mv lib/signage/weather.rb lib/signage/forecast.rb" });
  const mv = run.exec(
    ["git", "mv", "lib/signage/weather.rb", "lib/signage/forecast.rb"],
    shell,
    right(forecast),
    moving,
  );
  run.write(mv, "rename", "lib/signage/forecast.rb", right(forecast), { from: "lib/signage/weather.rb" });
  run.connect(agent, "api.github.copilot.com", nothing);
  return run;
};
