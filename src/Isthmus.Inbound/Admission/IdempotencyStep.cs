using Isthmus.Exchange;
using Isthmus.Store.Connections;
using Isthmus.Trust.Access.Idempotency;
using Microsoft.Extensions.Primitives;

namespace Isthmus.Inbound.Admission;

/// <summary>Whether the request came before: by the client's key, or by one that its content gives.</summary>
internal sealed class IdempotencyStep(IdempotencyDesk desk, AnswerCipher cipher) : AdmissionStep
{
    private const string Field = "Idempotency-Key";

    public string Name => "idempotency";

    public bool AsksStore => true;

    public async ValueTask<Refused?> CheckAsync(Passage passage)
    {
        if (passage is not { Caller: { } caller, Route: { Idempotency: not Idempotency.None } route })
        {
            return null;
        }

        var refusal = KeyOf(passage, out var key);
        if (refusal is not null)
        {
            return refusal == IdempotencyRules.KeyMissing && route.Idempotency == Idempotency.Heeded && !passage.Contract!.DemandsKey
                ? null
                : new Refused(400, refusal);
        }

        var request = passage.Request;
        var asked = cipher.Request(
            caller.Tenant, caller.Client, key, $"{request.Method} {request.Path}{request.QueryString}", request.ContentType ?? string.Empty, passage.Body);
        IdempotencyStart start;
        try
        {
            start = await desk.BeginAsync(asked, route.IdempotencyWindow, route.Patience, passage.Call.RequestAborted);
        }
        catch (Exception e) when (StoreFailure.Is(e) || e is TimeoutException)
        {
            return new Refused(503, IdempotencyRules.Unavailable, RetryAfter: "1");
        }

        switch (start.Verdict)
        {
            case IdempotencyVerdict.New when passage.IsGivenUp:
                await KeptAnswer.TryReleaseAsync(desk, asked, start.Attempt);
                return null;
            case IdempotencyVerdict.New:
                (passage.Idempotent, passage.Attempt) = (asked, start.Attempt);
                return null;
            case IdempotencyVerdict.Repeat:
                passage.Answer = start.Answer;
                return null;
            case IdempotencyVerdict.Clash:
                return new Refused(422, IdempotencyRules.KeyReused);
            default:
                return new Refused(409, IdempotencyRules.InFlight, RetryAfter: "1");
        }
    }

    /// <summary>A client's key and one computed from the content never meet; a contract may demand the client's.</summary>
    private static Refusal? KeyOf(Passage passage, out string key)
    {
        StringValues sent = passage.Request.Headers[Field];
        if (sent.Count == 0 && !passage.Contract!.DemandsKey && passage.Route.BusinessKey?.Invoke(passage.Body) is { } business)
        {
            key = $"business {business}";
            return null;
        }

        var refusal = IdempotencyKey.Read(sent, out key);
        key = $"client {key}";
        return refusal;
    }
}
