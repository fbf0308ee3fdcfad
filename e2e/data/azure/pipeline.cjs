// pipeline.cjs SCHEMA TASK YAML: whether a pipeline is valid by Azure's own language service, which knows our task.
const path = require('path'), fs = require('fs');
const modules = (name) => require(path.join(process.env.MODULES, name));
const service = modules('azure-pipelines-language-service');
const { TextDocument } = modules('vscode-languageserver-types');
const [schemaFile, taskFile, yamlFile] = process.argv.slice(2);
const schema = JSON.parse(fs.readFileSync(schemaFile, 'utf8')), task = JSON.parse(fs.readFileSync(taskFile, 'utf8'));

// As the service describes its own tasks.
const name = `${task.name}@${task.version.Major}`;
const properties = Object.fromEntries(task.inputs.map((i) => [i.name, i.options
  ? { enum: Object.keys(i.options), ignoreCase: 'all' } : { type: i.type === 'boolean' ? 'boolean' : 'string', ignoreCase: 'key' }]));
schema.definitions.task.properties.task.anyOf.push({ enum: [name], ignoreCase: 'value' });
schema.definitions.task.anyOf.push({
  properties: { task: { pattern: `^${name}$`, ignoreCase: 'value' }, inputs: { properties, additionalProperties: false, required: [] } },
  firstProperty: ['task'], required: ['task'],
});

const say = console.log;
console.log = () => {}; // the service traces its own steps
const text = fs.readFileSync(yamlFile, 'utf8');
const document = TextDocument.create('file:///azure-pipelines.yml', 'azure-pipelines', 1, text);
const language = service.getLanguageService(() => Promise.resolve(schema), [], () => Promise.resolve('schema://azure'));
language.configure({ validate: true, schemas: [{ uri: 'schema://azure', fileMatch: ['*'], schema }] });
Promise.resolve(language.doValidation(document, service.parse(text))).then((problems) => {
  for (const p of problems) say(`${yamlFile}:${p.range.start.line + 1}: ${p.message}`);
  process.exitCode = problems.length ? 1 : 0;
});
