// Reads a coverage report with a package from npm, as its documentation says, and prints how many lines it found and
// how many of them ran, so that it is seen to have read all of it.
//
//   node parse.mjs NODE_MODULES PACKAGE FILE
import {createReadStream, readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {pathToFileURL} from 'node:url';

const [modules, name, file] = process.argv.slice(2);
const require = createRequire(pathToFileURL(`${modules}/x.js`));
const call = (f, ...args) => new Promise((resolve, reject) => f(...args, (err, data) => (err ? reject(err) : resolve(data))));

const sum = (list, of) => list.reduce((n, one) => n + of(one), 0);
// What lcov-parse gives, and others after its example: files with lines.
const lines = (files) => ({
  found: sum(files, (f) => f.lines.details.length),
  hit: sum(files, (f) => sum(f.lines.details, (line) => line.hit > 0)),
});

const packages = {
  'lcov-parse': async (parse) => lines(await call(parse, file)),
  'parse-lcov': async (parse) => lines((parse.default || parse)(readFileSync(file, 'utf8'))),
  '@friedemannsommer/lcov-parser': async (parse) => {
    const sections = await (parse.default || parse)({from: createReadStream(file)});
    return {found: sum(sections, (s) => s.lines.instrumented), hit: sum(sections, (s) => s.lines.hit)};
  },
  'jacoco-parse': async (parse) => lines(await call(parse.parseFile, file)),
  'cobertura-parse': async (parse) => lines(await call(parse.parseFile, file)),
  '@cvrg-report/clover-json': async (parse) => lines(await parse.parseFile(file)),
  'golang-cover-parse': async (parse) => lines(await call(parse.parseFile, file)),
  // Codacy's uploader for node: as it makes its payload.
  'codacy-coverage': async () => {
    const {parse} = require(`codacy-coverage/lib/impl/${file.endsWith('.xml') ? 'jacoco' : 'lcov'}`);
    const counts = (await parse('', readFileSync(file, 'utf8'))).fileReports.map((f) => Object.values(f.coverage));
    return {found: sum(counts, (c) => c.length), hit: sum(counts, (c) => sum(c, (hits) => hits > 0))};
  },
  'istanbul-lib-coverage': async ({createCoverageMap}) => {
    const {total, covered} = createCoverageMap(JSON.parse(readFileSync(file, 'utf8'))).getCoverageSummary().lines;
    return {found: total, hit: covered};
  },
};

const load = async () => {
  try {
    return require(name);
  } catch (err) {
    if (err.code !== 'ERR_REQUIRE_ESM') throw err;
    return import(pathToFileURL(require.resolve(name)));
  }
};
const {found, hit} = await packages[name](await load());
if (!(found > 0)) throw new Error('no lines were found');
console.log(`${hit}/${found} lines`);
