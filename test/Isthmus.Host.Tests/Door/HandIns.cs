using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Isthmus.Host.Tests.Door;

/// <summary>Invented results, and a client that hands them in at the door.</summary>
internal static class HandIns
{
    public const string Feed = "lab-results";
    public const string Send = "hl7v2:send";

    private static int ids;

    /// <summary>A control id that no other test uses.</summary>
    public static string NewId() => string.Create(CultureInfo.InvariantCulture, $"D{Interlocked.Increment(ref ids)}");

    public static string Message(string controlId, string value = "4.1", string sender = "LAB|ST_ELSEWHERE", string time = "20261120080000") =>
        $"""
        MSH|^~\&|{sender}|ISTHMUS|ST_ELSEWHERE|{time}||ORU^R01^ORU_R01|{controlId}|P|2.5.1
        PID|1||MRN7730194^^^ST_ELSEWHERE^MR||Quillfeather^Oriel||19610402|F
        OBR|1|PL{controlId}|FL{controlId}|BMP^Basic metabolic panel^L|||20261120073000|||||||||||||||20261120074500||LAB|F
        OBX|1|NM|K^Potassium^L||{value}|mmol/L|3.5-5.1|N|||F
        """.ReplaceLineEndings("\r");

    /// <param name="port">Of the node; the fixture's own unless told.</param>
    public static async Task<HandedIn> HandInAsync(
        this RunningApi api, string token, string message, string? key = null, string feed = Feed, string contentType = "application/hl7-v2", int? port = null)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(message));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{port ?? api.Port}/hl7v2/{feed}") { Content = content };
        request.Headers.Authorization = new("Bearer", token);
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        using var answer = await api.Http.SendAsync(request);
        return new HandedIn(
            answer.StatusCode, answer.Content.Headers.ContentType?.ToString() ?? "", await answer.Content.ReadAsStringAsync(),
            answer.Headers.Contains("Idempotency-Replayed"), answer.Headers.TryGetValues("RateLimit-Policy", out var policy) ? policy.Single() : "");
    }
}

/// <param name="Body">An acknowledgement, or a problem document.</param>
internal sealed record HandedIn(HttpStatusCode Status, string ContentType, string Body, bool Replayed, string Policy)
{
    private string[] Segment(string name) =>
        Body.Split('\r').Select(line => line.Split('|')).FirstOrDefault(fields => fields[0] == name) ?? [];

    /// <summary>MSA-1 and MSA-2.</summary>
    public (string Code, string ControlId) Acknowledged => Segment("MSA") is [_, var code, var id, ..] ? (code, id) : ("", "");

    /// <summary>MSH-10 of the acknowledgement, which is the number in the journal.</summary>
    public string Number => Segment("MSH") is { Length: > 9 } header ? header[9] : "";

    public bool Says(string rule) => Body.Contains(rule, StringComparison.Ordinal);
}
