// judge.cjs SCHEMA JSON: whether a JSON file is valid by a schema of draft 4 or 7.
const path = require('path'), fs = require('fs');
const modules = (name) => require(path.join(process.env.MODULES, name));
const [schema, value] = process.argv.slice(2).map((f) => JSON.parse(fs.readFileSync(f, 'utf8')));
const Ajv = /draft-04/.test(schema.$schema) ? modules('ajv-draft-04') : modules('ajv').default;
const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false, logger: false });
modules('ajv-formats').default(ajv);
delete schema.$schema;
if (!ajv.validate(schema, value)) {
  console.log(JSON.stringify(ajv.errors, null, 1));
  process.exitCode = 1;
}
