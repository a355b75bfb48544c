using Microsoft.AspNetCore.Http;

namespace Isthmus.Inbound.Admission;

/// <summary>The access token, where RFC 6750 section 2.1 and RFC 9449 section 7.1 put it, and whether it is believed.</summary>
internal sealed class TokenStep(TokenGate gate) : AdmissionStep
{
    private const string Bearer = "Bearer ";
    private const string Dpop = "DPoP ";
    private const string InQuery = "access_token";

    /// <summary>Ours have under one kilobyte; whatever is longer is not read.</summary>
    private const int LongestToken = 8192;

    public string Name => "token";

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

        if (fields.Count > 1 || Read(request, fields[0]!, passage) is not { } presented)
        {
            return AdmissionRules.TokenMisplaced;
        }

        var (caller, refusal) = await gate(presented, passage.Call.RequestAborted);
        passage.Caller = caller;
        return caller is not null ? null : new Refused(401, refusal!, Challenge: "invalid_token");
    }

    private static PresentedToken? Read(HttpRequest request, string field, Passage passage)
    {
        var isDpop = field.StartsWith(Dpop, StringComparison.OrdinalIgnoreCase);
        if ((!isDpop && !field.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)) || field.Length > LongestToken)
        {
            return null;
        }

        var proofs = request.Headers["DPoP"];
        return proofs.Count > 1 ? null : new PresentedToken(
            field[(isDpop ? Dpop : Bearer).Length..],
            isDpop,
            proofs.Count == 1 ? proofs[0] : null,
            request.Method,
            $"{request.Scheme}://{request.Host}{request.Path}",
            passage.Call.Connection.ClientCertificate);
    }
}
