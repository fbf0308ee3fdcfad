// Plays clients that others wrote, unchanged, against the stand-ins of the forges: each call that a person with a token
// would make for repositories, secrets, variables, comments and statuses. The stand-ins' addresses and tokens come from
// the environment of `gatewright sandbox`. A call counts as answered if the client takes the answer and it holds what is
// looked for; a refusal counts if it is the one that is looked for.
import sodium from "libsodium-wrappers";
import { Octokit } from "@octokit/rest";
import { Gitlab } from "@gitbeaker/rest";
import bitbucketModule from "bitbucket";
import * as azure from "azure-devops-node-api";
import { giteaApi } from "gitea-js";

const env = process.env;
const results = [];
let current = "";

// call makes one call and checks what it answers. A client's own error with the wanted status is an answer as well.
async function call(name, make, check = () => true, refused = 0) {
  const row = { client: current, name, ok: false, why: "" };
  results.push(row);
  try {
    const answer = await make();
    row.ok = refused === 0 && Boolean(check(answer));
    if (!row.ok) row.why = refused ? `answered, ${refused} wanted` : `not in shape: ${JSON.stringify(answer)?.slice(0, 200)}`;
    return answer;
  } catch (error) {
    const status = error.status ?? error.statusCode ?? error.cause?.response?.status ?? 0;
    row.ok = refused !== 0 && status === refused;
    if (!row.ok) row.why = `${status} ${error.message ?? JSON.stringify(error)}`.slice(0, 200);
    return undefined;
  }
}

async function octokit() {
  current = "@octokit/rest";
  await sodium.ready;
  const gh = new Octokit({ auth: env.GH_TOKEN, baseUrl: env.GITHUB_API_URL, log: { debug() {}, info() {}, warn() {}, error() {} } });
  const at = { owner: "acme", repo: "api" };
  const seal = (key) => sodium.to_base64(sodium.crypto_box_seal("value", sodium.from_base64(key.key, sodium.base64_variants.ORIGINAL)), sodium.base64_variants.ORIGINAL);
  await call("users.getAuthenticated", () => gh.rest.users.getAuthenticated(), (r) => r.data.login);
  await call("orgs.get", () => gh.rest.orgs.get({ org: "acme" }), (r) => r.data.login === "acme");
  const all = await call("paginate repos.listForOrg", () => gh.paginate(gh.rest.repos.listForOrg, { org: "acme", per_page: 10 }), (r) => r.length === 25);
  await call("repos.listForAuthenticatedUser", () => gh.rest.repos.listForAuthenticatedUser(), (r) => r.data.length > 0);
  await call("repos.listForUser", () => gh.rest.repos.listForUser({ username: "acme" }), (r) => r.data.every((x) => !x.private));
  const api = await call("repos.get", () => gh.rest.repos.get(at), (r) => r.data.permissions.admin === true);
  await call("repos.get missing", () => gh.rest.repos.get({ owner: "acme", repo: "nowhere" }), undefined, 404);
  await call("repos.getAllEnvironments", () => gh.rest.repos.getAllEnvironments(at), (r) => r.data.environments.length === 1);
  await call("rateLimit.get", () => gh.rest.rateLimit.get(), (r) => r.data.resources.core.limit > 0);
  const key = await call("actions.getRepoPublicKey", () => gh.rest.actions.getRepoPublicKey(at), (r) => r.data.key_id && r.data.key);
  const put = (data) => ({ ...at, secret_name: "TOKEN", encrypted_value: seal(data), key_id: data.key_id });
  await call("actions.createOrUpdateRepoSecret new", () => gh.rest.actions.createOrUpdateRepoSecret(put(key.data)), (r) => r.status === 201);
  await call("actions.createOrUpdateRepoSecret again", () => gh.rest.actions.createOrUpdateRepoSecret(put(key.data)), (r) => r.status === 204);
  await call("actions.createOrUpdateRepoSecret badly sealed", () => gh.rest.actions.createOrUpdateRepoSecret({ ...put(key.data), encrypted_value: "AAAA" }), undefined, 422);
  await call("actions.listRepoSecrets", () => gh.rest.actions.listRepoSecrets(at), (r) => r.data.total_count === 1);
  await call("actions.getRepoSecret", () => gh.rest.actions.getRepoSecret({ ...at, secret_name: "TOKEN" }), (r) => r.data.name === "TOKEN");
  await call("actions.deleteRepoSecret", () => gh.rest.actions.deleteRepoSecret({ ...at, secret_name: "TOKEN" }), (r) => r.status === 204);
  await call("actions.getRepoSecret missing", () => gh.rest.actions.getRepoSecret({ ...at, secret_name: "TOKEN" }), undefined, 404);
  const org = await call("actions.getOrgPublicKey", () => gh.rest.actions.getOrgPublicKey({ org: "acme" }), (r) => r.data.key);
  await call("actions.createOrUpdateOrgSecret", () => gh.rest.actions.createOrUpdateOrgSecret({ org: "acme", secret_name: "TOKEN", encrypted_value: seal(org.data), key_id: org.data.key_id, visibility: "selected", selected_repository_ids: [api.data.id] }), (r) => r.status === 201);
  await call("actions.listSelectedReposForOrgSecret", () => gh.rest.actions.listSelectedReposForOrgSecret({ org: "acme", secret_name: "TOKEN" }), (r) => r.data.repositories[0].name === "api");
  await call("actions.listOrgSecrets", () => gh.rest.actions.listOrgSecrets({ org: "acme" }), (r) => r.data.secrets[0].visibility === "selected");
  await call("actions.deleteOrgSecret", () => gh.rest.actions.deleteOrgSecret({ org: "acme", secret_name: "TOKEN" }), (r) => r.status === 204);
  const ekey = await call("actions.getEnvironmentPublicKey", () => gh.rest.actions.getEnvironmentPublicKey({ ...at, environment_name: "production" }), (r) => r.data.key);
  await call("actions.createOrUpdateEnvironmentSecret", () => gh.rest.actions.createOrUpdateEnvironmentSecret({ ...at, environment_name: "production", secret_name: "TOKEN", encrypted_value: seal(ekey.data), key_id: ekey.data.key_id }), (r) => r.status === 201);
  await call("actions.listEnvironmentSecrets", () => gh.rest.actions.listEnvironmentSecrets({ ...at, environment_name: "production" }), (r) => r.data.total_count === 1);
  const dkey = await call("dependabot.getRepoPublicKey", () => gh.rest.dependabot.getRepoPublicKey(at), (r) => r.data.key);
  await call("dependabot.createOrUpdateRepoSecret", () => gh.rest.dependabot.createOrUpdateRepoSecret(put(dkey.data)), (r) => r.status === 201);
  await call("dependabot.listRepoSecrets", () => gh.rest.dependabot.listRepoSecrets(at), (r) => r.data.total_count === 1);
  const ckey = await call("codespaces.getRepoPublicKey", () => gh.rest.codespaces.getRepoPublicKey(at), (r) => r.data.key);
  await call("codespaces.createOrUpdateRepoSecret", () => gh.rest.codespaces.createOrUpdateRepoSecret(put(ckey.data)), (r) => r.status === 201);
  await call("actions.createRepoVariable", () => gh.rest.actions.createRepoVariable({ ...at, name: "VARIABLE", value: "x" }), (r) => r.status === 201);
  await call("actions.listRepoVariables", () => gh.rest.actions.listRepoVariables(at), (r) => r.data.variables[0].value === "x");
  await call("actions.updateRepoVariable", () => gh.rest.actions.updateRepoVariable({ ...at, name: "VARIABLE", value: "y" }), (r) => r.status === 204);
  await call("actions.getRepoVariable", () => gh.rest.actions.getRepoVariable({ ...at, name: "VARIABLE" }), (r) => r.data.value === "y");
  await call("actions.deleteRepoVariable", () => gh.rest.actions.deleteRepoVariable({ ...at, name: "VARIABLE" }), (r) => r.status === 204);
  const pulls = await call("pulls.list", () => gh.rest.pulls.list({ ...at, state: "open", head: "acme:retry-payments" }), (r) => r.data.length === 1);
  const sha = pulls.data[0].head.sha;
  await call("pulls.get", () => gh.rest.pulls.get({ ...at, pull_number: 7 }), (r) => r.data.number === 7);
  await call("repos.listPullRequestsAssociatedWithCommit", () => gh.rest.repos.listPullRequestsAssociatedWithCommit({ ...at, commit_sha: sha }), (r) => r.data.length === 1);
  const made = await call("issues.createComment", () => gh.rest.issues.createComment({ ...at, issue_number: 7, body: "Words." }), (r) => r.status === 201);
  await call("issues.listComments", () => gh.rest.issues.listComments({ ...at, issue_number: 7 }), (r) => r.data.length === 1);
  await call("issues.updateComment", () => gh.rest.issues.updateComment({ ...at, comment_id: made.data.id, body: "Other words." }), (r) => r.data.body === "Other words.");
  await call("issues.getComment", () => gh.rest.issues.getComment({ ...at, comment_id: made.data.id }), (r) => r.data.user.login);
  await call("issues.deleteComment", () => gh.rest.issues.deleteComment({ ...at, comment_id: made.data.id }), (r) => r.status === 204);
  await call("repos.createCommitStatus", () => gh.rest.repos.createCommitStatus({ ...at, sha, state: "success", context: "gate" }), (r) => r.status === 201);
  await call("repos.listCommitStatusesForRef", () => gh.rest.repos.listCommitStatusesForRef({ ...at, ref: sha }), (r) => r.data.length === 1);
  await call("repos.getCombinedStatusForRef", () => gh.rest.repos.getCombinedStatusForRef({ ...at, ref: sha }), (r) => r.data.state === "success");
  const stranger = new Octokit({ auth: "ghp_0000", baseUrl: env.GITHUB_API_URL, log: { debug() {}, info() {}, warn() {}, error() {} } });
  await call("a wrong token", () => stranger.rest.repos.get(at), undefined, 401);
  return all;
}

async function gitbeaker() {
  current = "@gitbeaker/rest";
  const gl = new Gitlab({ host: env.GITLAB_URL, token: env.GITLAB_TOKEN });
  await call("Users.showCurrentUser", () => gl.Users.showCurrentUser(), (r) => r.username);
  await call("Groups.allProjects", () => gl.Groups.allProjects("acme", { perPage: 10 }), (r) => r.length === 25);
  await call("Projects.all", () => gl.Projects.all({ perPage: 10 }), (r) => r.length === 25);
  await call("Projects.show", () => gl.Projects.show("acme/api"), (r) => r.path === "api");
  await call("Projects.showLanguages", () => gl.Projects.showLanguages("acme/api"), (r) => Object.keys(r).length > 0);
  await call("Projects.show missing", () => gl.Projects.show("acme/nowhere"), undefined, 404);
  await call("ProjectVariables.create", () => gl.ProjectVariables.create("acme/api", "TOKEN", "value-12345", { masked: true, raw: true }), (r) => r.key === "TOKEN");
  await call("ProjectVariables.create again", () => gl.ProjectVariables.create("acme/api", "TOKEN", "value-12345"), undefined, 400);
  await call("ProjectVariables.create another scope", () => gl.ProjectVariables.create("acme/api", "TOKEN", "value-12345", { environmentScope: "production" }), (r) => r.environment_scope === "production");
  await call("ProjectVariables.all", () => gl.ProjectVariables.all("acme/api"), (r) => r.length === 2);
  await call("ProjectVariables.edit", () => gl.ProjectVariables.edit("acme/api", "TOKEN", "other-12345", { filter: { environment_scope: "production" } }), (r) => r.value === "other-12345");
  await call("ProjectVariables.show", () => gl.ProjectVariables.show("acme/api", "TOKEN", { filter: { environment_scope: "*" } }), (r) => r.masked);
  await call("ProjectVariables.remove", () => gl.ProjectVariables.remove("acme/api", "TOKEN", { filter: { environment_scope: "production" } }));
  await call("ProjectVariables.all after it", () => gl.ProjectVariables.all("acme/api"), (r) => r.length === 1 && r[0].environment_scope === "*");
  await call("GroupVariables.create", () => gl.GroupVariables.create("acme", "TOKEN", "value-12345"), (r) => r.key === "TOKEN");
  await call("GroupVariables.all", () => gl.GroupVariables.all("acme"), (r) => r.length === 1);
  await call("GroupVariables.remove", () => gl.GroupVariables.remove("acme", "TOKEN"));
  const mrs = await call("MergeRequests.all", () => gl.MergeRequests.all({ projectId: "acme/api", state: "opened" }), (r) => r.length === 1);
  await call("MergeRequests.show", () => gl.MergeRequests.show("acme/api", 7), (r) => r.iid === 7);
  const note = await call("MergeRequestNotes.create", () => gl.MergeRequestNotes.create("acme/api", 7, "Words."), (r) => r.body === "Words.");
  await call("MergeRequestNotes.all", () => gl.MergeRequestNotes.all("acme/api", 7), (r) => r.length === 1);
  await call("MergeRequestNotes.edit", () => gl.MergeRequestNotes.edit("acme/api", 7, note.id, { body: "Other words." }), (r) => r.body === "Other words.");
  await call("MergeRequestNotes.remove", () => gl.MergeRequestNotes.remove("acme/api", 7, note.id));
  await call("Commits.editStatus", () => gl.Commits.editStatus("acme/api", mrs[0].sha, "success", { name: "gate" }), (r) => r.status === "success");
  await call("Commits.allStatuses", () => gl.Commits.allStatuses("acme/api", mrs[0].sha), (r) => r.length === 1);
}

async function bitbucket() {
  current = "bitbucket";
  const { Bitbucket } = bitbucketModule;
  const bb = new Bitbucket({ baseUrl: env.BITBUCKET_API_URL.replace(/(\/2\.0)?$/, "/2.0"), auth: { token: env.BITBUCKET_TOKEN } });
  const at = { workspace: "acme", repo_slug: "api" };
  await call("users.getAuthedUser", () => bb.users.getAuthedUser({}), (r) => r.data.uuid);
  await call("repositories.list", () => bb.repositories.list({ workspace: "acme" }), (r) => r.data.values.length === 10 && r.data.next);
  await call("repositories.get", () => bb.repositories.get(at), (r) => r.data.slug === "api");
  await call("repositories.get missing", () => bb.repositories.get({ ...at, repo_slug: "nowhere" }), undefined, 404);
  const made = await call("pipelines.createVariable", () => bb.pipelines.createVariable({ ...at, _body: { key: "TOKEN", value: "x", secured: true } }), (r) => r.data.uuid);
  await call("pipelines.listVariablesForRepo", () => bb.pipelines.listVariablesForRepo(at), (r) => r.data.values.length === 1);
  await call("pipelines.getVariable", () => bb.pipelines.getVariable({ ...at, variable_uuid: made.data.uuid }), (r) => r.data.key === "TOKEN");
  await call("pipelines.updateVariable", () => bb.pipelines.updateVariable({ ...at, variable_uuid: made.data.uuid, _body: { key: "TOKEN", value: "y", secured: true } }), (r) => r.data.key === "TOKEN");
  await call("pipelines.deleteVariable", () => bb.pipelines.deleteVariable({ ...at, variable_uuid: made.data.uuid }), (r) => r.status === 204);
  await call("deployments.listEnvironments", () => bb.deployments.listEnvironments(at), (r) => r.data.values.length === 1);
  const prs = await call("pullrequests.list", () => bb.pullrequests.list(at), (r) => r.data.values.length === 1);
  await call("pullrequests.get", () => bb.pullrequests.get({ ...at, pull_request_id: 7 }), (r) => r.data.id === 7);
  const comment = await call("pullrequests.createComment", () => bb.pullrequests.createComment({ ...at, pull_request_id: 7, _body: { content: { raw: "Words." } } }), (r) => r.data.id);
  await call("pullrequests.listComments", () => bb.pullrequests.listComments({ ...at, pull_request_id: 7 }), (r) => r.data.values.length === 1);
  await call("pullrequests.updateComment", () => bb.pullrequests.updateComment({ ...at, pull_request_id: 7, comment_id: comment.data.id, _body: { content: { raw: "Other words." } } }), (r) => r.data.content.raw === "Other words.");
  await call("pullrequests.deleteComment", () => bb.pullrequests.deleteComment({ ...at, pull_request_id: 7, comment_id: comment.data.id }), (r) => r.status === 204);
  return prs;
}

async function gitea() {
  current = "gitea-js";
  const gt = giteaApi(env.GITEA_URL, { token: env.GITEA_TOKEN, customFetch: fetch });
  await call("user.userGetCurrent", () => gt.user.userGetCurrent(), (r) => r.data.login);
  await call("orgs.orgListRepos", () => gt.orgs.orgListRepos("acme", { limit: 50 }), (r) => r.data.length === 25);
  await call("repos.repoGet", () => gt.repos.repoGet("acme", "api"), (r) => r.data.permissions.admin);
  await call("repos.repoSearch", () => gt.repos.repoSearch({ q: "api" }), (r) => r.data.ok);
  await call("repos.repoGet missing", () => gt.repos.repoGet("acme", "nowhere"), undefined, 404);
  await call("repos.updateRepoSecret new", () => gt.repos.updateRepoSecret("acme", "api", "TOKEN", { data: "x" }), (r) => r.status === 201);
  await call("repos.updateRepoSecret again", () => gt.repos.updateRepoSecret("acme", "api", "TOKEN", { data: "y" }), (r) => r.status === 204);
  await call("repos.updateRepoSecret refused", () => gt.repos.updateRepoSecret("acme", "api", "GITHUB_X", { data: "y" }), undefined, 400);
  await call("repos.repoListActionsSecrets", () => gt.repos.repoListActionsSecrets("acme", "api"), (r) => r.data.length === 1);
  await call("repos.deleteRepoSecret", () => gt.repos.deleteRepoSecret("acme", "api", "TOKEN"), (r) => r.status === 204);
  await call("orgs.updateOrgSecret", () => gt.orgs.updateOrgSecret("acme", "TOKEN", { data: "x" }), (r) => r.status === 201);
  await call("orgs.orgListActionsSecrets", () => gt.orgs.orgListActionsSecrets("acme"), (r) => r.data.length === 1);
  await call("orgs.deleteOrgSecret", () => gt.orgs.deleteOrgSecret("acme", "TOKEN"), (r) => r.status === 204);
  await call("repos.createRepoVariable", () => gt.repos.createRepoVariable("acme", "api", "VARIABLE", { value: "x" }), (r) => r.status === 201);
  await call("repos.getRepoVariablesList", () => gt.repos.getRepoVariablesList("acme", "api"), (r) => r.data.length === 1);
  const prs = await call("repos.repoListPullRequests", () => gt.repos.repoListPullRequests("acme", "api"), (r) => r.data.length === 1);
  const made = await call("repos.issueCreateComment", () => gt.repos.issueCreateComment("acme", "api", 7, { body: "Words." }), (r) => r.data.id);
  await call("repos.issueGetComments", () => gt.repos.issueGetComments("acme", "api", 7), (r) => r.data.length === 1);
  await call("repos.issueEditComment", () => gt.repos.issueEditComment("acme", "api", made.data.id, { body: "Other words." }), (r) => r.data.body === "Other words.");
  await call("repos.issueDeleteComment", () => gt.repos.issueDeleteComment("acme", "api", made.data.id), (r) => r.status === 204);
  const sha = prs.data[0].head.sha;
  await call("repos.repoCreateStatus", () => gt.repos.repoCreateStatus("acme", "api", sha, { state: "success", context: "gate" }), (r) => r.status === 201);
  await call("repos.repoListStatuses", () => gt.repos.repoListStatuses("acme", "api", sha), (r) => r.data.length === 1);
}

async function azuredevops() {
  current = "azure-devops-node-api";
  const web = new azure.WebApi(env.SYSTEM_COLLECTIONURI, azure.getPersonalAccessTokenHandler(env.AZURE_DEVOPS_EXT_PAT));
  const project = "platform";
  await call("connect", () => web.connect(), (r) => r.authenticatedUser);
  const core = await web.getCoreApi();
  const projects = await call("getProjects", () => core.getProjects(), (r) => r.length === 1);
  await call("getProject", () => core.getProject(project), (r) => r.name === project);
  const git = await web.getGitApi();
  await call("getRepositories", () => git.getRepositories(project), (r) => r.length === 25);
  const repo = await call("getRepository", () => git.getRepository("api", project), (r) => r.name === "api");
  const task = await web.getTaskAgentApi();
  const reference = [{ name: "shared", description: "x", projectReference: { id: projects[0].id, name: project } }];
  const group = await call("addVariableGroup", () => task.addVariableGroup({ name: "shared", type: "Vsts", variables: { A: { value: "b" }, S: { value: "c", isSecret: true } }, variableGroupProjectReferences: reference }), (r) => r.id);
  await call("addVariableGroup of the same name", () => task.addVariableGroup({ name: "Shared", type: "Vsts", variables: { A: { value: "b" } }, variableGroupProjectReferences: [{ ...reference[0], name: "Shared" }] }), undefined, 409);
  await call("getVariableGroups", () => task.getVariableGroups(project, "shared"), (r) => r.length === 1 && !r[0].variableGroupProjectReferences);
  await call("getVariableGroup", () => task.getVariableGroup(project, group.id), (r) => r.variables.S.isSecret && r.variableGroupProjectReferences.length === 1);
  await call("updateVariableGroup", () => task.updateVariableGroup({ name: "shared", type: "Vsts", variables: { A: { value: "d" } }, variableGroupProjectReferences: reference }, group.id), (r) => r.variables.A.value === "d");
  await call("deleteVariableGroup", () => task.deleteVariableGroup(group.id, [projects[0].id]));
  const build = await web.getBuildApi();
  const definitions = await call("getDefinitions", () => build.getDefinitions(project, "api"), (r) => r.length === 1);
  const definition = await call("getDefinition", () => build.getDefinition(project, definitions[0].id), (r) => r.process);
  definition.variables = { TOKEN: { value: "x", isSecret: true } };
  await call("updateDefinition", () => build.updateDefinition(definition, project, definition.id), (r) => r.revision === definition.revision + 1);
  const pulls = await call("getPullRequests", () => git.getPullRequests(repo.id, {}, project), (r) => r.length === 1);
  await call("getPullRequest", () => git.getPullRequest(repo.id, 7, project), (r) => r.pullRequestId === 7);
  const thread = await call("createThread", () => git.createThread({ comments: [{ parentCommentId: 0, content: "Words.", commentType: 1 }], status: 4 }, repo.id, 7, project), (r) => r.id);
  await call("getThreads", () => git.getThreads(repo.id, 7, project), (r) => r.length === 1);
  await call("updateComment", () => git.updateComment({ content: "Other words." }, repo.id, 7, thread.id, 1, project), (r) => r.content === "Other words.");
  await call("deleteComment", () => git.deleteComment(repo.id, 7, thread.id, 1, project));
  const sha = pulls[0].lastMergeSourceCommit.commitId;
  await call("createCommitStatus", () => git.createCommitStatus({ state: 2, context: { name: "gate", genre: "gatewright" }, description: "passed" }, sha, repo.id, project), (r) => r.id);
  await call("getStatuses", () => git.getStatuses(sha, repo.id, project), (r) => r.length === 1);
  await call("createPullRequestStatus", () => git.createPullRequestStatus({ state: 2, context: { name: "gate", genre: "gatewright" }, description: "passed" }, repo.id, 7, project), (r) => r.id);
}

for (const play of [octokit, gitbeaker, bitbucket, gitea, azuredevops]) {
  try {
    await play();
  } catch (error) {
    results.push({ client: current, name: "(the rest)", ok: false, why: String(error.message).slice(0, 200) });
  }
}
let bad = 0;
for (const client of new Set(results.map((r) => r.client))) {
  const rows = results.filter((r) => r.client === client);
  console.log(`${client}: ${rows.filter((r) => r.ok).length} of ${rows.length} calls answered in shape`);
  for (const r of rows.filter((r) => !r.ok)) {
    bad++;
    console.log(`  ${r.name}: ${r.why}`);
  }
}
process.exit(bad === 0 ? 0 : 1);
