using Isthmus.Exchange.Phi;
using Isthmus.Store.Connections;
using Isthmus.Trust.Access.Idempotency;
using Microsoft.AspNetCore.Http;

namespace Isthmus.Inbound.Admission;

/// <summary>The answer to a request under a key: kept before it leaves, and given again to its repeats.</summary>
internal static class KeptAnswer
{
    /// <summary>What belongs to the answer; the rest is of each exchange.</summary>
    private static readonly string[] Kept = ["Content-Type", "Location", "ETag", "Last-Modified", "Content-Location"];

    /// <summary>A repeat is told from the first by this field, and by nothing else.</summary>
    private const string Replayed = "Idempotency-Replayed";

    /// <summary>Keeps what was decided; what may succeed later (429 and 5xx) is forgotten instead, so that the same key can try again.</summary>
    public static Task KeepAsync(IdempotencyDesk desk, IdempotentRequest request, int attempt, HttpContext call, HeldBody body)
    {
        var response = call.Response;
        return response.StatusCode is StatusCodes.Status429TooManyRequests or >= 500
            ? desk.ReleaseAsync(request, attempt)
            : desk.CompleteAsync(request, attempt, new StoredAnswer(
                response.StatusCode,
                [.. Kept.Where(response.Headers.ContainsKey).Select(name => new KeyValuePair<string, string>(name, response.Headers[name].ToString()))],
                new PhiBytes(body.Held.ToArray())));
    }

    public static async Task WriteAsync(HttpContext call, StoredAnswer answer)
    {
        call.Response.StatusCode = answer.Status;
        foreach (var (name, value) in answer.Headers)
        {
            call.Response.Headers[name] = value;
        }

        call.Response.Headers[Replayed] = "true";
        call.Response.ContentLength = answer.Body.Length;
        await call.Response.Body.WriteAsync(answer.Body.Reveal(), call.RequestAborted);
    }

    /// <summary>Nothing came of the attempt: its key is free again, at the latest when its lease runs out.</summary>
    public static async Task TryReleaseAsync(IdempotencyDesk desk, IdempotentRequest request, int attempt)
    {
        try
        {
            await desk.ReleaseAsync(request, attempt);
        }
        catch (Exception e) when (StoreFailure.Is(e) || e is TimeoutException)
        {
            // The lease runs out.
        }
    }
}
