// agent.cjs '{"input": "value"}': runs the task in $TASK by the test runner of azure-pipelines-task-lib in $MODULES, by
// this Node, which must be one of the task's handlers. Inputs that are not given have their default, as from the agent. What the
// task says goes to stdout; the last line is the result as the runner understands it.
const path = require('path'), fs = require('fs');
const { MockTestRunner } = require(path.join(process.env.MODULES, 'azure-pipelines-task-lib/mock-test'));
const task = JSON.parse(fs.readFileSync(path.join(process.env.TASK, 'task.json'), 'utf8'));
const inputs = {};
for (const input of task.inputs) if (input.defaultValue) inputs[input.name] = input.defaultValue;
process.env.TASK_INPUTS = JSON.stringify({ ...inputs, ...JSON.parse(process.argv[2]) });
const major = process.versions.node.split('.')[0];
if (!Object.keys(task.execution).some((handler) => handler.match(/\d+/)[0] === major)) throw new Error(`the task has no handler for Node ${major}`);
(async () => {
  const runner = new MockTestRunner(path.join(__dirname, 'task.cjs'));
  runner.nodePath = process.execPath; // it would download the handler's Node otherwise
  await runner.runAsync();
  process.stdout.write(runner.stdout);
  process.stderr.write(runner.stderr);
  console.log(`\nRESULT ${runner.succeeded ? 'Succeeded' : 'Failed'}`);
})();
