using System.Buffers.Text;
using System.Security.Cryptography;
using Isthmus.Exchange;
using Isthmus.Exchange.Contracts;
using Isthmus.Trust.Tokens;
using Microsoft.AspNetCore.Http;

namespace Isthmus.Inbound.Admission;

/// <summary>The access token, where RFC 6750 section 2.1 and RFC 9449 section 7.1 put it, and whether it is believed.</summary>
internal sealed class TokenStep(TokenGate gate, TimeProvider time) : AdmissionStep
{
    private const string InQuery = "access_token";
    private const string Proof = "DPoP";

    /// <summary>Ours have under one kilobyte; whatever is longer is not read.</summary>
    private const int LongestToken = 8192;

    public string Name => "token";

    public bool AsksStore => true;

    public async ValueTask<Refused?> CheckAsync(Passage passage)
    {
        if (passage.Route.Need is null)
        {
            return null;
        }

        var request = passage.Request;
        if (request.Query.ContainsKey(InQuery))
        {
            return AdmissionRules.TokenMisplaced;
        }

        var fields = request.Headers.Authorization;
        if (fields.Count == 0)
        {
            return AdmissionRules.TokenMissing;
        }

        var proofs = request.Headers[Proof];
        if (fields.Count > 1 || proofs.Count > 1)
        {
            return AdmissionRules.TokenMisplaced;
        }

        // RFC 6750 section 3.1: whoever comes in another way than by a token is told what to send, as if nothing had come.
        var presented = PresentedToken.Read(
            fields[0]!, ThumbprintOf(request.HttpContext), proofs.Count == 1 ? proofs[0] : null, request.Method, AddressOf(request, passage.Site.Access));
        if (presented is null)
        {
            return AdmissionRules.TokenMissing;
        }

        if (presented.Token.Length > LongestToken)
        {
            return Refuse(TokenRules.TokenInvalid);
        }

        var verdict = await gate(presented, passage.Call.RequestAborted);
        (passage.Caller, passage.Holder) = (verdict.Caller, verdict.Holder);
        return verdict.Caller is not null ? null : Refuse(verdict.Refusal!);
    }

    public Refused? CheckAgain(Passage passage) =>
        passage.Caller is { } caller && !passage.State.Lets(caller, time.GetUtcNow()) ? Refuse(TokenRules.TokenRevoked) : null;

    private static Refused Refuse(Refusal refusal) =>
        refusal.Transient ? new Refused(503, refusal, RetryAfter: "1")
        : refusal == TokenRules.DpopInvalid ? new Refused(401, refusal, Challenge: "invalid_dpop_proof")
        : new Refused(401, refusal, Challenge: "invalid_token");

    /// <summary>
    /// By the address that the site says it has, not by the host that the request names: else a proof made for another host would be
    /// good here under that name.
    /// </summary>
    private static string AddressOf(HttpRequest request, AccessSettings? settings) =>
        settings is null ? $"{request.Scheme}://{request.Host}{request.Path}" : new Uri(settings.Issuer).GetLeftPart(UriPartial.Authority) + request.Path;

    /// <summary>RFC 8705 section 3.1, of the handshake's certificate.</summary>
    private static string? ThumbprintOf(HttpContext call) =>
        call.Connection.ClientCertificate is { } certificate ? Base64Url.EncodeToString(SHA256.HashData(certificate.RawDataMemory.Span)) : null;
}
