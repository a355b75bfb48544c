using System.Diagnostics;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace Isthmus.Inbound.Admission;

/// <summary>
/// What a request is called on its way through everything behind the door: the trace of W3C trace context, gone on with where the client
/// began one, and a correlation id, the client's where it is one and the trace's otherwise.
/// </summary>
internal sealed record Correlation(string Id, string TraceParent)
{
    public const string Field = "X-Correlation-Id";

    private const int LongestId = 64;

    public static Correlation Of(HttpRequest request)
    {
        var parent = request.Headers.TraceParent.ToString();
        var trace = ActivityContext.TryParse(parent, null, isRemote: true, out var context)
            ? context.TraceId.ToHexString()
            : Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var span = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
        var flags = context.TraceFlags.HasFlag(ActivityTraceFlags.Recorded) ? "01" : "00";
        var id = request.Headers[Field];
        return new Correlation(id.Count == 1 && IsId(id[0]) ? id[0]! : trace, $"00-{trace}-{span}-{flags}");
    }

    /// <summary>Makes the request's trace that of what is called while it is answered.</summary>
    public Activity Begin() => new Activity("door").SetParentId(TraceParent).Start();

    public void WriteTo(HttpResponse response)
    {
        response.Headers[Field] = Id;
        response.Headers["traceresponse"] = TraceParent;
    }

    /// <summary>It goes into logs and audit: letters, digits and what stands in ids, and not much of it.</summary>
    private static bool IsId(string? text)
    {
        foreach (var c in text ?? string.Empty)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.'))
            {
                return false;
            }
        }

        return text is { Length: > 0 and <= LongestId };
    }
}
