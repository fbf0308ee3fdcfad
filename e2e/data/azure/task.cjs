// Run by the task library's own test runner: gives the task its inputs as the agent does, then runs its handler.
const path = require('path');
const { TaskMockRunner } = require(path.join(process.env.MODULES, 'azure-pipelines-task-lib/mock-run'));
const runner = new TaskMockRunner(path.join(process.env.TASK, 'index.js'));
for (const [name, value] of Object.entries(JSON.parse(process.env.TASK_INPUTS))) runner.setInput(name, value);
runner.run(true);
