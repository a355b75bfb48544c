// A partner with oauth4webapi.
import { importJWK, exportJWK } from 'jose';
import * as oauth from 'oauth4webapi';
import { certifiedFetch, meet } from './partner.mjs';

let server;

async function ways(client, how) {
  return how.certified
    ? [server, { client_id: client, use_mtls_endpoint_aliases: true }, oauth.TlsClientAuth(), { [oauth.customFetch]: certifiedFetch }]
    : [server, { client_id: client }, oauth.PrivateKeyJwt({ key: await importJWK(how.key, how.alg), kid: how.key.kid }), {}];
}

await meet({
  discover: async (issuer) => {
    const name = new URL(issuer);
    server = await oauth.processDiscoveryResponse(name, await oauth.discoveryRequest(name, { algorithm: 'oauth2' }));
    return server;
  },
  token: async (id, how, scope) => {
    const [at, client, authentication, options] = await ways(id, how);
    const proof = how.proof && { DPoP: oauth.DPoP(client, how.proof.pair) };
    const answer = await oauth.clientCredentialsGrantRequest(at, client, authentication, { scope }, { ...options, ...proof });
    return oauth.processClientCredentialsResponse(at, client, answer);
  },
  read: async (id, how, token, url) => {
    const [, client, , options] = await ways(id, how);
    const proof = how.proof && { DPoP: oauth.DPoP(client, how.proof.pair) };
    try {
      return (await oauth.protectedResourceRequest(token, 'GET', new URL(url), undefined, undefined, { ...options, ...proof })).status;
    } catch (thrown) {
      return thrown.status;
    }
  },
  introspect: async (id, how, token) => {
    const [at, client, authentication, options] = await ways(id, how);
    return oauth.processIntrospectionResponse(at, client, await oauth.introspectionRequest(at, client, authentication, token, options));
  },
  revoke: async (id, how, token) => {
    const [at, client, authentication, options] = await ways(id, how);
    await oauth.processRevocationResponse(await oauth.revocationRequest(at, client, authentication, token, options));
  },
  register: async (proposal, initialAccessToken) => {
    const answer = await oauth.dynamicClientRegistrationRequest(server, proposal, { initialAccessToken });
    return (await oauth.processDynamicClientRegistrationResponse(answer)).client_id;
  },
  // Some refusals are read from the challenge of WWW-Authenticate.
  refused: (thrown) => thrown.error ?? thrown.cause[0].parameters.error,
  newProofKey: async () => {
    const pair = await oauth.generateKeyPair('ES256', { extractable: true });
    return { pair, jwk: await exportJWK(pair.publicKey) };
  },
});
