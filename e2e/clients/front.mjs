// front.mjs ADDRESS KEY CERTIFICATE PORT-FILE: speaks TLS before a stand-in, and says to it that it does.
import { readFileSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { createServer } from "node:https";

const [address, key, cert, portFile] = process.argv.slice(2);
const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (from, to) => {
  const ahead = request(address + from.url, { method: from.method, headers: { ...from.headers, "x-forwarded-proto": "https" } }, (answer) => {
    to.writeHead(answer.statusCode, answer.headers);
    answer.pipe(to);
  });
  ahead.on("error", () => to.destroy());
  from.pipe(ahead);
});
server.listen(0, "127.0.0.1", () => writeFileSync(portFile, String(server.address().port)));
