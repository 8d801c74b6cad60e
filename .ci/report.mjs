// Reads what the test runners say, shows what a person needs of it, and keeps
// the counts of all of them for one closing line.
//
//   go test -json … | node .ci/report.mjs go LABEL COUNTS
//   node .ci/report.mjs vitest LABEL COUNTS REPORT.json
//   node .ci/report.mjs playwright LABEL COUNTS REPORT.json
//   node .ci/report.mjs check LABEL COUNTS EXIT-STATUS
//   node .ci/report.mjs total COUNTS…
//
// COUNTS is a file that each call adds a line to. A skipped test counts as
// failed: what is not run proves nothing. So does a runner that found no test.
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";

const [mode, ...args] = process.argv.slice(2);

function keep(file, label, passed, failed, said) {
  appendFileSync(file, `${JSON.stringify({ label, passed, failed, said })}\n`);
  process.exitCode = failed === 0 ? 0 : 1;
}

const plural = (n, word) => `${n} ${word}${n === 1 ? "" : "s"}`;

/** The tests of one Go package, by name; "" is the package itself. */
class GoPackage {
  output = new Map();
  tests = new Map();

  take({ Action: action, Test: test = "", Output: text = "" }) {
    if (action === "output") this.output.set(test, (this.output.get(test) ?? "") + text);
    else if (action === "run") this.tests.set(test, "run");
    else if (action === "pass" || action === "skip") {
      this.tests.set(test, action);
      if (action === "pass" && test !== "") this.output.delete(test);
    } else if (action === "fail") this.tests.set(test, action);
  }

  /** Only tests without subtests are counted: a parent proves what they prove. */
  leaves() {
    const parents = new Set();
    for (const name of this.tests.keys()) {
      for (let at = name.lastIndexOf("/"); at > 0; at = name.lastIndexOf("/", at - 1)) parents.add(name.slice(0, at));
    }
    const bad = [...this.tests].filter(([, state]) => state !== "pass").map(([name]) => name);
    return [...this.tests].filter(([name, state]) => {
      if (name === "") return false;
      if (!parents.has(name)) return true;
      return state !== "pass" && !bad.some((other) => other.startsWith(`${name}/`));
    });
  }

  /** What failed, with all that it printed. A panic ends tests without a word. */
  failures() {
    return this.leaves().filter(([, state]) => state !== "pass");
  }
}

function showPackage(name, pkg, seconds) {
  const leaves = pkg.leaves();
  const failures = pkg.failures();
  const broken = pkg.tests.get("") === "fail" && failures.length === 0;
  const passed = leaves.length - failures.length;
  const failed = failures.length + (broken ? 1 : 0);
  if (leaves.length === 0 && !broken) return { passed, failed };
  console.log(`${failed ? "FAIL" : "ok  "}  ${name}  ${plural(leaves.length, "test")}  ${seconds.toFixed(1)} s`);
  for (const [test, state] of failures) {
    console.log(`\n--- ${state === "skip" ? "SKIPPED, and nothing may be" : "FAILED"}: ${name} ${test}`);
    // A parent's lines hold what the test's helpers logged for all subtests.
    for (const [where, text] of pkg.output) if (where !== "" && (where === test || test.startsWith(`${where}/`))) process.stdout.write(text);
  }
  if (failed) process.stdout.write(pkg.output.get("") ?? "");
  return { passed, failed };
}

async function fromGo([label, file]) {
  const packages = new Map();
  let passed = 0;
  let failed = 0;
  let proved = 0;
  for await (const line of createInterface({ input: process.stdin })) {
    let event;
    try {
      event = JSON.parse(line);
    } catch {
      console.log(line); // go's own words: downloads, a broken go.mod
      continue;
    }
    if (event.Action.startsWith("build-")) {
      if (event.Output) process.stdout.write(event.Output);
      continue;
    }
    if (!packages.has(event.Package)) packages.set(event.Package, new GoPackage());
    const pkg = packages.get(event.Package);
    pkg.take(event);
    if (event.Test !== undefined || !["pass", "fail", "skip"].includes(event.Action)) continue;
    const counts = showPackage(event.Package, pkg, event.Elapsed ?? 0);
    passed += counts.passed;
    failed += counts.failed;
    if (counts.passed + counts.failed > 0) proved++;
    packages.delete(event.Package);
  }
  // A package that never ended was cut off.
  for (const [name, pkg] of packages) {
    pkg.tests.set("", "fail");
    failed += Math.max(1, showPackage(name, pkg, 0).failed);
  }
  if (passed + failed === 0) failed = 1;
  keep(file, label, passed, failed, `${plural(proved, "Go package")} with ${plural(passed + failed, "test")}`);
}

function fromVitest([label, file, report]) {
  if (!existsSync(report)) {
    keep(file, label, 0, 1, `${label}: ended without a report`);
    return;
  }
  const r = JSON.parse(readFileSync(report, "utf8"));
  const notRun = r.numPendingTests + (r.numTodoTests ?? 0);
  if (notRun > 0) console.log(`${label}: ${plural(notRun, "test")} skipped, and nothing may be`);
  const passed = r.numPassedTests;
  let failed = r.numTotalTests - passed;
  if (failed === 0 && (!r.success || r.numTotalTests === 0)) failed = 1; // a file that could not be loaded, or none
  keep(file, label, passed, failed, plural(passed + failed, label.replace(/s$/, "")));
}

function fromPlaywright([label, file, report]) {
  if (!existsSync(report)) {
    keep(file, label, 0, 1, `${label}: ended without a report`);
    return;
  }
  const { stats, errors } = JSON.parse(readFileSync(report, "utf8"));
  const { expected: passed, skipped, unexpected, flaky } = stats;
  if (skipped > 0) console.log(`${label}: ${plural(skipped, "test")} skipped, and nothing may be`);
  // Errors outside of tests: a file that could not be loaded, a server that did not end.
  let failed = skipped + unexpected + flaky + errors.length;
  if (failed === 0 && passed === 0) failed = 1;
  keep(file, label, passed, failed, plural(passed + failed, label.replace(/s$/, "")));
}

function total(files) {
  const lines = files
    .flatMap((f) => (existsSync(f) ? readFileSync(f, "utf8").split("\n") : []))
    .filter(Boolean)
    .map((l) => JSON.parse(l));
  const sum = (key) => lines.reduce((n, l) => n + l[key], 0);
  const bad = lines.filter((l) => l.failed > 0).map((l) => l.label);
  const checks = lines.filter((l) => !l.said);
  const said = [...new Set(lines.map((l) => l.said).filter(Boolean))];
  if (checks.length) said.push(`${plural(checks.length, "check")} (${checks.map((l) => l.label).join(", ")})`);
  console.log(`\n${said.join(" · ")}${bad.length ? `\nFailed: ${bad.join(", ")}` : ""}`);
  console.log(`${sum("passed")} passed, ${sum("failed")} failed`);
  process.exitCode = sum("failed") === 0 && sum("passed") > 0 ? 0 : 1;
}

if (mode === "go") await fromGo(args);
else if (mode === "vitest") fromVitest(args);
else if (mode === "playwright") fromPlaywright(args);
else if (mode === "check") keep(args[1], args[0], args[2] === "0" ? 1 : 0, args[2] === "0" ? 0 : 1, "");
else if (mode === "total") total(args);
else throw new Error(`unknown mode ${mode}`);
