using System.Text.Json;

namespace Isthmus.Inbound.Admission;

/// <summary>The body, read whole within the route's limit, and if it is JSON, that it is and how deep it nests. Only now: no stranger's is kept.</summary>
internal sealed class BodyStep : AdmissionStep
{
    /// <summary>No resource nests deeper; readers behind are bounded as well.</summary>
    public const int MostDepth = 64;

    private const int FirstBuffer = 16 * 1024;

    public string Name => "body";

    public async ValueTask<Refused?> CheckAsync(Passage passage)
    {
        if (passage.Route is not { ReadsBody: true, MediaTypes.Count: > 0 })
        {
            return null;
        }

        var most = passage.Route.MostBytes;
        var buffer = new byte[(int)Math.Min(passage.Request.ContentLength + 1 ?? FirstBuffer, FirstBuffer)];
        var filled = 0;
        while (await passage.Request.Body.ReadAsync(buffer.AsMemory(filled), passage.Call.RequestAborted) is > 0 and var read)
        {
            filled += read;
            if (filled > most)
            {
                return AdmissionRules.BodyTooLarge;
            }

            if (filled == buffer.Length)
            {
                Array.Resize(ref buffer, (int)Math.Min(2L * buffer.Length, most + 1L));
            }
        }

        passage.Body = buffer.AsMemory(0, filled);
        return IsJson(passage.Request.ContentType) && !IsSound(passage.Body.Span) ? AdmissionRules.JsonUnfit : null;
    }

    private static bool IsJson(string? contentType) => contentType?.Contains("json", StringComparison.OrdinalIgnoreCase) == true;

    private static bool IsSound(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MostDepth });
        try
        {
            while (reader.Read())
            {
            }

            return reader.BytesConsumed > 0;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
