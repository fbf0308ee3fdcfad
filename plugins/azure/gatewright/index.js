// The task's handler: starts the gatewright that lies beside it for this agent's platform, and ends as it ends.
// The agent passes inputs as INPUT_ variables, which is what gatewright reads; nothing here looks at the token.
'use strict';
const { spawn } = require('child_process');
const fs = require('fs');
const path = require('path');

const platforms = { linux: 'linux', darwin: 'darwin', win32: 'windows' };
const machines = { x64: 'amd64', arm64: 'arm64' };

function fail(message) {
  const text = message.replace(/%/g, '%AZP25').replace(/\r/g, '%0D').replace(/\n/g, '%0A');
  console.log(`##vso[task.complete result=Failed;]${text}`);
  process.exitCode = 1;
}

// untouched: the agent gives a filePath input that nobody filled in as the folder it works in, which need not be there.
function untouched(file) {
  return !file || [process.env.BUILD_SOURCESDIRECTORY, process.env.SYSTEM_DEFAULTWORKINGDIRECTORY].includes(file) ||
    fs.existsSync(file) && fs.statSync(file).isDirectory();
}

function binary() {
  const own = process.env.INPUT_GATEWRIGHTBINARY;
  if (!untouched(own)) {
    if (!fs.existsSync(own)) throw new Error(`gatewrightBinary names ${own}, which is no program`);
    return path.resolve(own); // a name without a folder would be looked for in PATH
  }
  const os = platforms[process.platform], arch = machines[process.arch];
  if (!os || !arch) throw new Error(`no gatewright for ${process.platform} ${process.arch}`);
  const file = path.join(__dirname, 'bin', `gatewright_${os}_${arch}${os === 'windows' ? '.exe' : ''}`);
  if (!fs.existsSync(file)) throw new Error(`this extension has no ${path.basename(file)}`);
  // A .vsix keeps no file modes. Where the folder may not be written to, somebody may have set them already.
  if (os !== 'windows') try { fs.chmodSync(file, 0o755); } catch (err) { fs.accessSync(file, fs.constants.X_OK); }
  return file;
}

// folder is where the work is: what the user named, the sources, or, in a release, which has none, its artifacts.
function folder() {
  const env = process.env;
  const sources = [env.BUILD_SOURCESDIRECTORY, env.SYSTEM_DEFAULTWORKINGDIRECTORY];
  // What is the agent's own word, for an input that is not filled in, need not be there either.
  if (env.INPUT_WORKINGDIRECTORY && !sources.includes(env.INPUT_WORKINGDIRECTORY)) {
    if (!fs.statSync(env.INPUT_WORKINGDIRECTORY, { throwIfNoEntry: false })?.isDirectory()) throw new Error(`workingDirectory: there is no folder ${env.INPUT_WORKINGDIRECTORY}`);
    return env.INPUT_WORKINGDIRECTORY;
  }
  return sources.find((dir) => dir && fs.existsSync(dir)) || process.cwd();
}

// unknown takes out the inputs that the task does not have, and says which: the agent hands them over all the same. What
// looks like a rule is refused: it would not be judged.
function unknown(env) {
  const known = new Set(require('./task.json').inputs.map((input) => `INPUT_${input.name.toUpperCase()}`));
  for (const name of Object.keys(env).filter((name) => /^INPUT_/i.test(name) && !known.has(name.toUpperCase())).sort()) {
    const text = `Gatewright has no input ${name.slice(6).toLowerCase().replace(/[^a-z0-9_-]/g, '?')}`;
    if (/^INPUT_(MIN|MAX)/i.test(name)) throw new Error(`${text}; its rules are those of docs/inputs.md`);
    console.log(`##vso[task.logissue type=warning]${text}; it is left out`);
    delete env[name];
  }
}

function main() {
  const env = { ...process.env }, cwd = folder();
  unknown(env);
  if (!fs.existsSync(env.INPUT_WORKINGDIRECTORY || '')) delete env.INPUT_WORKINGDIRECTORY; // folder has refused the user's
  for (const name of ['INPUT_GATEWRIGHTBINARY', 'INPUT_CONFIG']) if (untouched(env[name])) delete env[name];
  env.INPUT_REPORTSDIR = env.INPUT_REPORTSDIR || path.join(env.AGENT_TEMPDIRECTORY || '.', 'gatewright-reports');
  const child = spawn(binary(), ['action'], { env, stdio: ['ignore', 'inherit', 'inherit'], cwd });
  // When the build is cancelled the agent signals this process; gatewright must hear of it.
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  child.on('error', (err) => fail(`gatewright did not start: ${err.message}`));
  child.on('exit', (code, signal) => {
    if (code === 0) console.log('##vso[task.complete result=Succeeded;]');
    else fail(signal ? `gatewright was ended by ${signal}` : `gatewright ended with exit code ${code}`);
    if (code) process.exitCode = code;
  });
}

try {
  main();
} catch (err) {
  fail(err.message);
}
