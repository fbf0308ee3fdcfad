// parse.cjs FILE…: whether each is PowerShell by the grammar of tree-sitter; says where it is not.
// Its modules come by NODE_PATH.
const fs = require('fs');
const { Parser, Language } = require('web-tree-sitter');
(async () => {
  await Parser.init();
  const parser = new Parser();
  parser.setLanguage(await Language.load(require.resolve('tree-sitter-powershell/tree-sitter-powershell.wasm')));
  for (const file of process.argv.slice(2)) {
    const wrong = (node) => node.isError || node.isMissing ? [node] : node.children.flatMap(wrong);
    for (const node of wrong(parser.parse(fs.readFileSync(file, 'utf8')).rootNode)) {
      console.log(`${file}:${node.startPosition.row + 1}: ${node.isMissing ? `missing ${node.type}` : 'not understood'}: ${node.text.slice(0, 60)}`);
      process.exitCode = 1;
    }
  }
})();
