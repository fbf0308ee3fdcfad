// Makes a checkout of thirteen JavaScript files with a report, a baseline, a change and a trend.
import {execFileSync} from "node:child_process";
import {mkdirSync, writeFileSync} from "node:fs";
import {join} from "node:path";

const dir = process.argv[2], src = join(dir, "one/two");
mkdirSync(src, {recursive: true});
const git = (...args) => execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.invalid", ...args], {cwd: dir});
const name = i => `f${String(i).padStart(2, "0")}.js`;
const text = (i, extra = "") => Array.from({length: 100}, (_, n) => `  if (range === ${n}) return "text ${i}"; // line ${n + 1}${n === 49 ? extra : ""}`).join("\n") + "\n";
git("init", "-q", "-b", "main");
git("remote", "add", "origin", "https://github.com/acme/api.git");
for (let i = 1; i <= 12; i++) writeFileSync(join(src, name(i)), text(i));
writeFileSync(join(src, "none.js"), "// nothing\n");
git("add", "-A");
git("commit", "-qm", "one");
git("checkout", "-qb", "change");
for (const extra of [" a", " b"]) {
  for (const i of [5, 6]) writeFileSync(join(src, name(i)), text(i, extra));
  git("commit", "-qam", "change" + extra);
}
// How many lines of each file ran.
const ran = {1: 100, 2: 100, 3: 60, 4: 75, 5: 40, 6: 100, 7: 45, 8: 83, 9: 99, 10: 92, 11: 30, 12: 96};
const lcov = more => Object.entries(ran).map(([i, n]) => `SF:one/two/${name(i)}\n` +
  (i === "5" ? "BRDA:10,0,0,4\nBRDA:10,0,1,0\n" : "") +
  Array.from({length: 100}, (_, k) => `DA:${k + 1},${k < n - more ? 4 : 0}\n`).join("") + "end_of_record\n").join("") +
  "SF:one/two/none.js\nend_of_record\n";
writeFileSync(join(dir, "lcov.info"), lcov(0));
writeFileSync(join(dir, "old.info"), lcov(3));
writeFileSync(join(dir, "trend.jsonl"), [70, 72.5, 71].map((value, i) => JSON.stringify({label: `2026-11-0${i + 1}`, value})).join("\n") + "\n");
