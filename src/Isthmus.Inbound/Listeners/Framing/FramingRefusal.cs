using System.Globalization;
using System.Net.Mime;
using System.Text;
using Isthmus.Exchange;
using Microsoft.AspNetCore.WebUtilities;

namespace Isthmus.Inbound.Listeners.Framing;

/// <summary>A refusal by the guard, with the status and the bytes it is answered with. The connection ends with it.</summary>
internal sealed class FramingRefusal
{
    private readonly byte[] head;
    private readonly byte[] body;

    /// <param name="allow">The methods that are taken, which a 405 must list (RFC 9110 section 15.5.6).</param>
    public FramingRefusal(int status, string id, string sentence, string? allow = null)
    {
        Status = status;
        Refusal = new Refusal(id, sentence, FailureDomain.Client);
        body = Problem.Of(Refusal, status);
        head = Encoding.ASCII.GetBytes(
            $"HTTP/1.1 {status} {ReasonPhrases.GetReasonPhrase(status)}\r\nConnection: close\r\nCache-Control: no-store\r\n"
            + (allow is null ? "" : $"Allow: {allow}\r\n")
            + $"Content-Type: {MediaTypeNames.Application.ProblemJson}\r\nContent-Length: {body.Length}\r\nDate: ");
    }

    public int Status { get; }

    public Refusal Refusal { get; }

    /// <summary>The whole answer.</summary>
    /// <param name="withBody">False for an answer to HEAD, which has none.</param>
    public byte[] Answer(DateTimeOffset now, bool withBody)
    {
        var date = Encoding.ASCII.GetBytes(now.ToString("r", CultureInfo.InvariantCulture));
        return [.. head, .. date, .. "\r\n\r\n"u8, .. withBody ? body : []];
    }
}
