// bitbucket-proxy.cjs TARGET TOKEN: what Bitbucket Pipelines runs beside every step: a proxy that takes plain http for
// api.bitbucket.org and signs it. Prints its port. Here it passes on to TARGET, the stand-in.
const http = require('http');
const [target, token] = process.argv.slice(2);
const server = http.createServer((req, res) => {
  const asked = new URL(req.url);
  if (asked.protocol !== 'http:' || asked.host !== 'api.bitbucket.org' || req.headers.authorization) {
    res.writeHead(403);
    return res.end('{"error": {"message": "not for this proxy"}}');
  }
  const headers = { ...req.headers, host: new URL(target).host, authorization: `Bearer ${token}` };
  const passed = http.request(target + asked.pathname + asked.search, { method: req.method, headers }, (answer) => {
    res.writeHead(answer.statusCode, answer.headers);
    answer.pipe(res);
  });
  req.pipe(passed);
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
