// Reads requests with Node's own parser, strict, and tells how it framed them. A line of input is one connection's bytes in base64;
// a line of output is {"requests":[{"method","target","head","end","body"}],"error"}: the offsets behind a request's head and behind
// its last byte, and how many bytes of body it has.
'use strict';
const { HTTPParser, methods } = require('_http_common');
const readline = require('node:readline');

const STRICT = 0;
const HEADERS = 64 * 1024;

function frame(bytes) {
  const requests = [];
  let current = null;
  let offset = 0;
  const parser = new HTTPParser();
  parser.initialize(HTTPParser.REQUEST, {}, HEADERS, STRICT);
  let target = '';
  parser[HTTPParser.kOnHeaders | 0] = (_, url) => { target += url; };
  parser[HTTPParser.kOnHeadersComplete | 0] = (major, minor, headers, method, url) => {
    current = { method: methods[method], target: url || target, head: offset + 1, end: -1, body: 0 };
    target = '';
    requests.push(current);
    return 0;
  };
  parser[HTTPParser.kOnBody | 0] = (chunk) => { current.body += chunk.length; };
  parser[HTTPParser.kOnMessageComplete | 0] = () => { current.end = offset + 1; };

  let error = null;
  // Byte by byte, so that every event has its offset.
  for (; offset < bytes.length; offset++) {
    const outcome = parser.execute(bytes.subarray(offset, offset + 1));
    if (outcome instanceof Error) {
      error = outcome.code;
      break;
    }
  }
  parser.free?.();
  return { requests, error };
}

readline.createInterface({ input: process.stdin }).on('line', (line) => {
  process.stdout.write(JSON.stringify(frame(Buffer.from(line, 'base64'))) + '\n');
});
