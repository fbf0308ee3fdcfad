// Random mutations of reports, read by gatewright and by readers that others wrote; their numbers must agree.
// differential.mjs GATEWRIGHT MODULES FIXTURES WORK ROUNDS: prints "agree N of N" for each reader, exits 1 on a difference.
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import fs from 'node:fs';
import path from 'node:path';

const [gatewright, modules, fixtures, work, rounds] = process.argv.slice(2);
const require = createRequire(path.join(path.resolve(modules), 'x.js'));
const istanbul = require('istanbul-lib-coverage');
const lcovParse = require('lcov-parse');

let state = 1;
const random = (n) => { // a linear congruential generator: the same mutations every time
	state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
	return Math.floor(state / 4294967296 * n);
};
const pick = (list) => list[random(list.length)];
const shuffled = (list) => { const l = [...list]; for (let i = l.length - 1; i > 0; i--) { const j = random(i + 1); [l[i], l[j]] = [l[j], l[i]]; } return l; };

// ours is what gatewright reads: totals, and files by path.
const ours = (...files) => {
	const j = JSON.parse(execFileSync(gatewright, ['-q', 'coverage', 'convert', '--to', 'json', '--paths', 'raw', ...files], { maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'ignore'] }));
	return { totals: j.totals, files: Object.fromEntries(j.files.map((f) => [f.path, f])) };
};

const results = {};
const note = (reader, file, difference) => {
	const r = results[reader] ??= { agree: 0, all: 0 };
	r.all++;
	if (!difference) { r.agree++; return; }
	console.error(`${reader}, ${file}: ${difference}`);
};
const same = (want, got) => {
	for (const k of new Set([...Object.keys(want), ...Object.keys(got)])) if (Math.min(want[k], 2 ** 63) !== got[k]) return `line ${k}: ${got[k]} hits here, ${want[k]} there`;
};
const usable = (dir, ok) => fs.readdirSync(path.join(fixtures, dir)).map((f) => path.join(fixtures, dir, f)).filter((f) => fs.statSync(f).size < 200_000 && ok(fs.readFileSync(f, 'utf8')));
const readable = (f) => { try { ours(f); return true; } catch { return false; } };

// LCOV: hits changed, records dropped, repeated and in another order, checksums, line ends.
const tracefiles = usable('lcov', (t) => /^SF:/m.test(t) && /^DA:\d+,\d+$/m.test(t)).filter(readable);
for (let i = 0; i < rounds; i++) {
	const from = pick(tracefiles);
	const out = [];
	for (const section of fs.readFileSync(from, 'utf8').split(/^end_of_record\r?\n?/m)) {
		const lines = section.split(/\r?\n/).filter((l) => /^(SF|TN|DA:\d+,\d+$|BRDA:\d+,\d+,\d+,(\d+|-)$)/.test(l));
		if (!lines.some((l) => l.startsWith('SF:'))) continue;
		const head = lines.filter((l) => /^(SF|TN)/.test(l));
		const records = shuffled(lines.filter((l) => /^(DA|BRDA)/.test(l) && random(10) > 0)).map((l) =>
			l.startsWith('DA') && random(3) === 0 ? l.replace(/,\d+$/, ',' + pick([0, 1, 7, 4096, 123456789])) + (random(5) === 0 ? ',aGFzaA' : '') : l);
		out.push(...head, ...records, 'end_of_record');
	}
	const file = path.join(work, `m${i}.info`);
	fs.writeFileSync(file, out.join(random(2) ? '\n' : '\r\n') + '\n');
	const got = ours(file);
	await new Promise((done) => lcovParse(file, (err, data) => {
		const want = {};
		for (const f of data ?? []) for (const d of f.lines.details) (want[f.file] ??= {})[d.line] = (want[f.file][d.line] ?? 0) + d.hit;
		let difference = err && String(err);
		for (const [name, lines] of Object.entries(want)) difference ??= same(lines, got.files[name]?.lines ?? {});
		note('lcov-parse', `${path.basename(from)} round ${i}`, difference);
		done();
	}));
}

// Istanbul: counts changed, statements and branches dropped, keys in another order; and two shards merged.
const order = (v) => Array.isArray(v) ? v.map(order) : v && typeof v === 'object' ? Object.fromEntries(shuffled(Object.entries(v)).map(([k, x]) => [k, order(x)])) : v;
const whole = (t) => { try { return Object.values(JSON.parse(t)).every((f) => f.path && f.statementMap && f.branchMap && Object.values(f.branchMap).every((b) => b.loc)); } catch { return false; } };
const finals = usable('istanbul', whole).filter(readable);
const mutated = (report) => {
	const r = JSON.parse(JSON.stringify(report));
	for (const f of Object.values(r)) {
		for (const id of Object.keys(f.s)) if (random(3) === 0) f.s[id] = pick([0, 1, 5, 100000]);
		for (const id of Object.keys(f.b)) f.b[id] = f.b[id].map((n) => random(3) ? n : pick([0, 2]));
	}
	return r;
};
for (let i = 0; i < rounds; i++) {
	const from = pick(finals);
	const report = JSON.parse(fs.readFileSync(from, 'utf8'));
	for (const f of Object.values(report)) for (const id of Object.keys(f.s)) if (random(20) === 0) { delete f.s[id]; delete f.statementMap[id]; }
	const shards = [mutated(report), mutated(report)];
	const files = shards.map((s, n) => { const file = path.join(work, `f${i}-${n}.json`); fs.writeFileSync(file, JSON.stringify(order(s))); return file; });
	const map = istanbul.createCoverageMap(JSON.parse(JSON.stringify(shards[0])));
	let got = ours(files[0]), difference;
	for (const name of map.files()) difference ??= same(map.fileCoverageFor(name).getLineCoverage(), got.files[name]?.lines ?? {});
	const totals = (want, got) => {
		if (want.lines.total !== got.lines.coverable || want.lines.covered !== got.lines.covered) return `lines ${got.lines.covered}/${got.lines.coverable} here, ${want.lines.covered}/${want.lines.total} there`;
		if (want.branches.total !== got.branches.total || want.branches.covered !== got.branches.covered) return `branches ${got.branches.covered}/${got.branches.total} here, ${want.branches.covered}/${want.branches.total} there`;
	};
	note('istanbul-lib-coverage', `${path.basename(from)} round ${i}`, difference ?? totals(map.getCoverageSummary().toJSON(), got.totals));
	// Merged, a line ran and a branch was taken if it was in either shard. The library's own merge falls short of that
	// where statements were dropped, so that each shard is read by it alone.
	const other = istanbul.createCoverageMap(shards[1]);
	let ran = 0, taken = 0;
	for (const name of map.files()) {
		const [a, b] = [map, other].map((m) => m.fileCoverageFor(name));
		const [x, y] = [a, b].map((f) => f.getLineCoverage());
		for (const line of Object.keys(x)) ran += x[line] > 0 || y[line] > 0;
		for (const id of Object.keys(a.b)) a.b[id].forEach((n, i) => { taken += n > 0 || b.b[id][i] > 0; });
	}
	got = ours(...files).totals;
	note('istanbul-lib-coverage, two shards', `${path.basename(from)} round ${i}`, totals({ lines: { total: got.lines.coverable, covered: ran }, branches: { total: map.getCoverageSummary().toJSON().branches.total, covered: taken } }, got));
}

// Tools of Debian, where they are.
const run = (...cmd) => { try { return execFileSync(cmd[0], cmd.slice(1), { stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' }); } catch (e) { return e.code === 'ENOENT' ? null : String(e.stdout) + e.stderr; } };
for (let i = 0; i < Math.min(rounds, 40); i++) {
	const file = path.join(work, `m${i}.info`);
	const text = run('lcov', '--summary', file, '--rc', 'branch_coverage=1', '--ignore-errors', 'inconsistent,inconsistent,format,corrupt,empty,unsupported');
	if (text === null) break;
	const found = /lines\.*: .*\((\d+) of (\d+) line/.exec(text);
	const { lines } = ours(file).totals;
	if (found) note('lcov --summary', `m${i}.info`, +found[1] === lines.covered && +found[2] === lines.coverable ? undefined : `lines ${lines.covered}/${lines.coverable} here, ${found[1]}/${found[2]} there`);
}
// gcovr: reports of its own kind, made up, and its totals of them.
for (let i = 0; i < Math.min(rounds, 30); i++) {
	const report = { 'gcovr/format_version': '0.3', files: [...Array(1 + random(4)).keys()].map((n) => ({
		file: `src/f${n}.cpp`,
		lines: [...Array(1 + random(30)).keys()].filter(() => random(4) > 0).map((line) => ({
			branches: random(4) ? [] : [...Array(2 + random(3))].map(() => ({ count: pick([0, 0, 3]), fallthrough: false, throw: random(2) === 0 })),
			count: pick([0, 1, 77]), line_number: line + 1, ...pick([{ 'gcovr/excluded': false, 'gcovr/noncode': false }, { 'gcovr/excluded': false, 'gcovr/noncode': true }, { 'gcovr/excluded': true, 'gcovr/noncode': true }]),
		})),
		functions: [],
	})) };
	const file = path.join(work, `g${i}.json`);
	fs.writeFileSync(file, JSON.stringify(report));
	const text = run('gcovr', '-r', work, '-a', file, '--json-summary', '-');
	if (text === null) break;
	let want;
	try { want = JSON.parse(text); } catch { note('gcovr', `g${i}.json`, text.slice(0, 200)); continue; }
	const { lines, branches } = ours(file).totals;
	const differs = want.line_total !== lines.coverable || want.line_covered !== lines.covered || want.branch_total !== branches.total || want.branch_covered !== branches.covered;
	note('gcovr', `g${i}.json`, differs ? `${JSON.stringify({ lines, branches })} here, ${want.line_covered}/${want.line_total}, ${want.branch_covered}/${want.branch_total} there` : undefined);
}

// grcov: the mutated tracefiles as it writes them again, without checksums, which it takes for counts, and without ./ before
// names, which it drops. It books JaCoCo's
// lines by class, not by file, and is no measure there.
for (let i = 0; i < Math.min(rounds, 30); i++) {
	const file = path.join(work, `c${i}.info`);
	fs.writeFileSync(file, fs.readFileSync(path.join(work, `m${i}.info`), 'utf8').replace(/^(DA:\d+,\d+),.*$/gm, '$1').replace(/^SF:.*$/gm, (l) => l.replace(/\\/g, '/').replace(/^SF:\.\//, 'SF:')));
	const text = run('grcov', file, '-t', 'lcov');
	if (text === null) break;
	const want = {};
	let name;
	for (const l of text.split('\n')) {
		if (l.startsWith('SF:')) want[name = l.slice(3)] ??= {};
		else if (l.startsWith('DA:')) { const [line, n] = l.slice(3).split(','); want[name][line] = +n; }
	}
	const got = ours(file).files;
	let difference = Object.keys(want).length ? undefined : text.slice(0, 200);
	for (const [name, lines] of Object.entries(want)) difference ??= same(lines, got[name]?.lines ?? {});
	note('grcov', `c${i}.info`, difference);
}

// diff-cover: changed lines of a repository, by Cobertura and by LCOV.
const repo = path.join(work, 'repo');
const git = (...args) => execFileSync('git', ['-C', repo, '-c', 'user.name=t', '-c', 'user.email=t@t', ...args], { stdio: ['ignore', 'pipe', 'ignore'] });
const text = (n, salt) => [...Array(n).keys()].map((k) => `line ${k + 1}${salt?.has(k + 1) ? ' changed' : ''}\n`).join('');
for (let i = 0; i < Math.min(rounds, 20); i++) {
	fs.rmSync(repo, { recursive: true, force: true });
	fs.mkdirSync(path.join(repo, 'src'), { recursive: true });
	const names = [...Array(1 + random(4)).keys()].map((n) => `src/f${n}.py`);
	for (const n of names) fs.writeFileSync(path.join(repo, n), text(40));
	execFileSync('git', ['init', '-q', '-b', 'main', repo]);
	git('add', '.'); git('commit', '-qm', 'one'); git('checkout', '-qb', 'change');
	for (const n of names) fs.writeFileSync(path.join(repo, n), text(40 + random(5), new Set([...Array(random(12))].map(() => 1 + random(40)))));
	git('add', '.'); git('commit', '-qm', 'two', '--allow-empty');
	const hits = Object.fromEntries(names.map((n) => [n, [...Array(40).keys()].filter(() => random(3)).map((k) => [k + 1, pick([0, 0, 1, 9])])]));
	const lcov = i % 2;
	const file = lcov ? 'lcov.info' : 'coverage.xml';
	fs.writeFileSync(path.join(repo, file), lcov
		? names.map((n) => `TN:\nSF:${n}\n${hits[n].map(([l, h]) => `DA:${l},${h}\n`).join('')}end_of_record\n`).join('')
		: `<?xml version="1.0"?>\n<coverage line-rate="0" branch-rate="0" version="1" timestamp="1"><sources><source>${repo}</source></sources><packages><package name="p"><classes>${names.map((n) => `<class name="c" filename="${n}"><methods/><lines>${hits[n].map(([l, h]) => `<line number="${l}" hits="${h}"/>`).join('')}</lines></class>`).join('')}</classes></package></packages></coverage>\n`);
	const said = (() => { try { return execFileSync('diff-cover', [file, '--compare-branch', 'main', '--json-report', path.join(work, 'd.json')], { cwd: repo, stdio: ['ignore', 'ignore', 'pipe'] }) ?? true; } catch (e) { return e.code === 'ENOENT' ? null : e; } })();
	if (said === null) break;
	const want = JSON.parse(fs.readFileSync(path.join(work, 'd.json'), 'utf8'));
	const got = JSON.parse(execFileSync(gatewright, ['-q', '--output', 'json', 'coverage', 'patch', '--base', 'main', file], { cwd: repo, stdio: ['ignore', 'pipe', 'ignore'] }));
	const uncovered = (list, name, key) => (list.find?.((f) => f.path === name)?.[key]) ?? [];
	let difference = want.total_num_lines !== got.totals.coverable || want.total_num_lines - want.total_num_violations !== got.totals.covered
		? `${got.totals.covered}/${got.totals.coverable} here, ${want.total_num_lines - want.total_num_violations}/${want.total_num_lines} there` : undefined;
	for (const [name, f] of Object.entries(want.src_stats)) if (String(f.violation_lines) !== String(uncovered(got.files, name, 'uncovered'))) difference ??= `${name}: ${uncovered(got.files, name, 'uncovered')} did not run here, ${f.violation_lines} there`;
	note(`diff-cover, ${lcov ? 'lcov' : 'cobertura'}`, `round ${i}`, difference);
}

let failed = false;
for (const [reader, r] of Object.entries(results)) {
	console.log(`${reader}: agree ${r.agree} of ${r.all}`);
	failed ||= r.agree !== r.all;
}
process.exit(failed ? 1 : 0);
