// A partner with openid-client 5, which is still about: another code base than 6, on Node's own sockets.
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { Issuer, custom } from 'openid-client-5';
import { certificate, meet } from './partner.mjs';

let issuer;

function configured(id, how) {
  if (how.certified) {
    const client = new issuer.Client({ client_id: id, token_endpoint_auth_method: 'tls_client_auth' });
    client[custom.http_options] = certificate;
    return client;
  }

  return new issuer.Client(
    { client_id: id, token_endpoint_auth_method: 'private_key_jwt', token_endpoint_auth_signing_alg: how.alg }, { keys: [how.key] });
}

await meet({
  discover: async (name) => {
    issuer = await Issuer.discover(`${name}/.well-known/oauth-authorization-server`);
    return issuer.metadata;
  },
  token: async (id, how, scope) => {
    const token = await configured(id, how).grant({ grant_type: 'client_credentials', scope }, { DPoP: how.proof?.privateKey });
    return { ...token, expires_in: token.expires_in };
  },
  read: async (id, how, token, url) => {
    const answer = await configured(id, how).requestResource(url, token, { DPoP: how.proof?.privateKey, tokenType: how.proof ? 'DPoP' : 'Bearer' });
    return answer.statusCode;
  },
  introspect: (id, how, token) => configured(id, how).introspect(token),
  revoke: (id, how, token) => configured(id, how).revoke(token),
  register: async (proposal, initialAccessToken) => (await issuer.Client.register(proposal, { initialAccessToken })).client_id,
  refused: (thrown) => thrown.error,
  newProofKey: async () => {
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    return { privateKey: createPrivateKey(pair.privateKey.export({ type: 'pkcs8', format: 'pem' })), jwk: pair.publicKey.export({ format: 'jwk' }) };
  },
});
