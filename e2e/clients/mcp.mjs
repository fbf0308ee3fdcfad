// Plays Codacy's own MCP server, unchanged, against the stand-in: each of its tools that asks Codacy. It stands in a child
// process and speaks JSON-RPC, a line a message. A call counts as answered if the tool takes the answer and it holds what is
// looked for; what the stand-in does not have is named by it and counted apart.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

const child = spawn(process.execPath, ["--import", "./redirect.mjs", "node_modules/@codacy/codacy-mcp/dist/index.js"], {
  stdio: ["pipe", "pipe", "ignore"],
  env: { ...process.env, CODACY_ACCOUNT_TOKEN: process.env.CODACY_API_TOKEN },
});
const waiting = new Map();
createInterface({ input: child.stdout }).on("line", (line) => {
  const message = JSON.parse(line);
  waiting.get(message.id)?.(message);
});
let last = 0;
const ask = (method, params) => new Promise((resolve) => {
  waiting.set(++last, resolve);
  child.stdin.write(JSON.stringify({ jsonrpc: "2.0", id: last, method, params }) + "\n");
});

const repo = { provider: "gh", organization: "acme", repository: "api" };
let tried = 0, answered = 0;
const lacking = [];
async function call(name, args, check) {
  tried++;
  const { result, error } = await ask("tools/call", { name: "codacy_" + name, arguments: args });
  if (error?.message.includes("Not Implemented") || JSON.stringify(error ?? "").includes("501")) {
    lacking.push(name);
    return undefined;
  }
  const value = error ? undefined : JSON.parse(result.content[0].text);
  let good = false;
  try {
    good = !error && Boolean(check(value));
  } catch {}
  if (good) answered++;
  else console.log(`  ${name}: ${(error?.message ?? "not in shape: " + JSON.stringify(value)).slice(0, 300)}`);
  return value;
}

// Something to be read: coverage and an issue of the pull request's head.
const head = (await (await fetch(`${process.env.GITHUB_API_URL}/repos/acme/api/pulls/7`, { headers: { authorization: "Bearer " + process.env.GH_TOKEN } })).json()).head.sha;
const token = { "project-token": process.env.CODACY_PROJECT_TOKEN, "content-type": "application/json" };
const report = JSON.stringify({ fileReports: [{ filename: "src/server.go", coverage: { 1: 3, 2: 0 } }] });
const issue = { patternId: { value: "gosec_G101" }, filename: "src/server.go", message: { text: "a secret" }, level: "Error", category: null, location: { LineLocation: { line: 1 } } };
const results = JSON.stringify([{ tool: "gosec", issues: { Success: { results: [{ filename: "src/server.go", results: [{ Issue: issue }] }] } } }]);
const post = (path, body) => fetch(`${process.env.CODACY_API_BASE_URL}/2.0/${path}`, { method: "POST", headers: token, body });
await post(`coverage/${head}/go`, report);
await post(`commit/${head}/issuesRemoteResults`, results);
await post(`commit/${head}/resultsFinal`, "");

await ask("initialize", { protocolVersion: "2024-11-05", capabilities: {}, clientInfo: { name: "suite", version: "1" } });
child.stdin.write(JSON.stringify({ jsonrpc: "2.0", method: "notifications/initialized" }) + "\n");
const offered = (await ask("tools/list", {})).result.tools.length;

await call("list_organizations", { provider: "gh" }, (r) => r.data[0].name === "acme");
await call("list_organization_repositories", { provider: "gh", organization: "acme", limit: 10 }, (r) => r.data.length === 10 && r.pagination.cursor);
await call("get_repository_with_analysis", repo, (r) => r.data.repository.name === "api");
await call("list_repository_pull_requests", repo, (r) => r.data[0].pullRequest.number === 7);
await call("get_repository_pull_request", { ...repo, pullRequestNumber: 7 }, (r) => r.data?.pullRequest.number === 7 || r.pullRequest.number === 7);
await call("list_pull_request_issues", { ...repo, pullRequestNumber: 7 }, (r) => Array.isArray(r.data));
await call("get_pull_request_files_coverage", { ...repo, pullRequestNumber: 7 }, (r) => r.data.length === 1);
await call("get_pull_request_git_diff", { ...repo, pullRequestNumber: 7 }, (r) => r.diff.includes("src/server.go"));
await call("list_repository_issues", { ...repo, options: {} }, (r) => Array.isArray(r.data));
const files = await call("list_files", repo, (r) => r.data[0].path === "src/server.go");
await call("get_file_coverage", { ...repo, fileId: files?.data[0].fileId }, (r) => r.data.length === 2 && r.data[1].hits === 0);
await call("list_tools", {}, (r) => r.data.some((tool) => tool.name === "Trivy"));
const tools = await call("list_repository_tools", repo, (r) => r.data.length > 0);
const uuid = tools?.data[0].uuid;
const patterns = await call("list_repository_tool_patterns", { ...repo, toolUuid: uuid }, (r) => r.data.length > 0);
await call("get_pattern", { toolUuid: uuid, patternId: patterns?.data[0].patternDefinition.id }, (r) => r.data.id);
await call("search_organization_srm_items", { provider: "gh", organization: "acme", options: {} }, (r) => Array.isArray(r.data));
await call("search_repository_srm_items", { ...repo, options: {} }, (r) => Array.isArray(r.data));
await call("setup_repository", repo, (r) => r.success);
await call("get_issue", { ...repo, issueId: 1 }, (r) => (r.data ?? r).filePath === "src/server.go");
await call("get_file_issues", { ...repo, fileId: 1 }, (r) => r.data[0].patternInfo.id === "gosec_G101");
await call("get_file_with_analysis", { ...repo, fileId: 1 }, (r) => (r.data ?? r).file.path === "src/server.go");
await call("get_file_clones", { ...repo, fileId: 1 }, (r) => Array.isArray(r.data));
child.kill();
console.log(`@codacy/codacy-mcp: ${answered} of ${tried} calls answered in shape, of the ${offered} tools that it offers`);
for (const name of lacking) console.log(`  ${name}: the stand-in does not have what it needs`);
process.exit(answered === tried ? 0 : 1);
