// judge.mjs NODE_MODULES TEMPLATE: whether a component's header and its job, with every input at its default, are valid
// by GitLab's own schema, which gitlab-ci-local carries.
import { createRequire } from 'module';
import fs from 'fs';
import path from 'path';
const [, , modules, template] = process.argv;
const require = createRequire(path.join(modules, 'x.js'));
const Ajv = require('ajv').default, formats = require('ajv-formats').default, yaml = require('js-yaml');
const { schema } = await import(path.join(modules, 'gitlab-ci-local/src/schema/schema.js'));
const ajv = new Ajv({ strict: false, allErrors: true });
formats(ajv);
const [header, job] = yaml.loadAll(fs.readFileSync(template, 'utf8'));
const inputs = Object.fromEntries(Object.entries(header.spec.inputs).map(([k, v]) => [k, v.default]));
const filled = (text) => text.replace(/\$\[\[ inputs\.([a-z-]+) \]\]/g, (_, k) => {
  if (!(k in inputs)) throw new Error(`no input ${k}`);
  return inputs[k];
});
// A number or a list alone stays one, as GitLab puts it in before it reads the file.
const alone = (text) => {
  const m = /^\$\[\[ inputs\.([a-z-]+) \]\]$/.exec(text);
  return m && (typeof inputs[m[1]] === 'number' || Array.isArray(inputs[m[1]])) ? inputs[m[1]] : filled(text);
};
const fill = (v) => typeof v === 'string' ? alone(v)
  : Array.isArray(v) ? v.map(fill)
  : v && typeof v === 'object' ? Object.fromEntries(Object.entries(v).map(([k, x]) => [filled(k), fill(x)]))
  : v;
for (const document of [header, fill(job)]) {
  if (!ajv.validate(schema, document)) {
    console.log(JSON.stringify(ajv.errors, null, 1));
    process.exitCode = 1;
  }
}
