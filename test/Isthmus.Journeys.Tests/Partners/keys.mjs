// keys.mjs FOLDER: a partner's key pairs. keys.json keeps them; jwks.json is what the partner publishes.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exportJWK, generateKeyPair } from 'jose';

const folder = process.argv[2];
const pairs = {};
const published = [];
for (const alg of ['ES384', 'RS384']) {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const of = { kid: `partner-${alg}`, alg, use: 'sig' };
  pairs[alg] = { ...(await exportJWK(privateKey)), ...of };
  published.push({ ...(await exportJWK(publicKey)), ...of });
}

writeFileSync(join(folder, 'keys.json'), JSON.stringify(pairs), { mode: 0o600 });
writeFileSync(join(folder, 'jwks.json'), JSON.stringify({ keys: published }));
