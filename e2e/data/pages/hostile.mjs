// Makes a report, a diff and findings whose names try to break out of the pages.
import {mkdirSync, writeFileSync} from "node:fs";
import {dirname, join} from "node:path";

const dir = process.argv[2];
const bad = [
  "<script>window.broken=1</script>.js", "\"><img src=x onerror=window.broken=1>.js", "a'onmouseover='window.broken=1.js",
  "</script><script>window.broken=1</script>", "javascript:window.broken=1", "a|b`c``d.js", "line\nbreak.js", "\u202Egnp.js", "\u001b[31mred.js",
  "__proto__", "constructor", "x".repeat(250) + ".js", "%3Cscript%3E.js", "#hash?query.js", "&lt;b&gt;.js", "{{7*7}}${7*7}.js", " lead.js",
  "deep/<b>/__proto__/toString/x.js", "@everyone #1 https://evil.example/ www.evil.example.js", "::error::x.js",
];
const text = "one <script>window.broken=1</script>\ntwo \u202E\u0007\nthree\n";
mkdirSync(dir, {recursive: true});
const files = bad.map((path, i) => ({path, lines: {1: i, 2: 0, 3: 1}, branches: {3: {covered: 1, total: 2}}}));
writeFileSync(join(dir, "report.json"), JSON.stringify({version: 1, files, totals: {files: files.length, lines: {covered: 0, coverable: 0}, branches: {covered: 0, total: 0}}}));
for (const path of bad) {
  const file = join(dir, path);
  try {
    mkdirSync(dirname(file), {recursive: true});
    writeFileSync(file, text);
  } catch { /* a name that no file can have is then one whose source is not here */ }
}
const quote = s => "\"" + [...Buffer.from(s)].map(c => c < 32 || c > 126 || c === 34 || c === 92 ? "\\" + c.toString(8).padStart(3, "0") : String.fromCharCode(c)).join("") + "\"";
writeFileSync(join(dir, "change.diff"), bad.map(p => `diff --git ${quote("a/" + p)} ${quote("b/" + p)}\n--- ${quote("a/" + p)}\n+++ ${quote("b/" + p)}\n@@ -0,0 +1,2 @@\n+one\n+two\n`).join(""));
const results = bad.map(s => ({ruleId: s, level: "error", message: {text: s}, locations: [{physicalLocation: {artifactLocation: {uri: encodeURIComponent(s)}, region: {startLine: 1}}}]}));
writeFileSync(join(dir, "scan.sarif"), JSON.stringify({version: "2.1.0", runs: [{tool: {driver: {name: bad[0], rules: bad.map(id => ({id, helpUri: "https://example.com/" + id}))}}, results}]}));
writeFileSync(join(dir, "trend.jsonl"), bad.map((label, i) => JSON.stringify({label, value: i * 4})).join("\n") + "\n");
