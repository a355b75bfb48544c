using Isthmus.Inbound.Listeners.Http;
using Microsoft.AspNetCore.Http;

namespace Isthmus.Inbound.Admission;

/// <summary>
/// The body, read whole within the route's limit, and if it is JSON, that every reader behind will read it in the same way. Only now: no
/// stranger's is kept.
/// </summary>
internal sealed class BodyStep : AdmissionStep
{
    /// <summary>No resource nests deeper; readers behind are bounded as well.</summary>
    public const int MostDepth = 64;

    private const int FirstBuffer = 16 * 1024;

    /// <summary>
    /// A resource may bring a document as one text, and as many names as its bytes hold. Its numbers are decimals, which are kept as they
    /// were written, however large.
    /// </summary>
    private static readonly StrictJsonLimits OfFhir = new()
    {
        Depth = MostDepth, Names = int.MaxValue, StringBytes = int.MaxValue, NumberBytes = int.MaxValue, NumbersAreDoubles = false,
    };

    public string Name => "body";

    public async ValueTask<Refused?> CheckAsync(Passage passage)
    {
        if (passage.Route is not { ReadsBody: true, MediaTypes.Count: > 0 })
        {
            return null;
        }

        try
        {
            if (await ReadAsync(passage) is not { } body)
            {
                return AdmissionRules.BodyTooLarge;
            }

            passage.Body = body;
        }
        catch (BadHttpRequestException large) when (large.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            // The server counts too, and where it does so first the answer is to have the same form.
            return AdmissionRules.BodyTooLarge;
        }

        var isJson = passage.Request.ContentType?.Contains("json", StringComparison.OrdinalIgnoreCase) == true;
        return isJson && StrictJson.Check(passage.Body.Span, LimitsOf(passage.Route)) is { } unfit ? new Refused(400, unfit) : null;
    }

    /// <summary>Null when there is more than the route takes.</summary>
    private static async Task<ReadOnlyMemory<byte>?> ReadAsync(Passage passage)
    {
        var most = passage.Route.MostBytes;
        var buffer = new byte[(int)Math.Min(passage.Request.ContentLength + 1 ?? FirstBuffer, FirstBuffer)];
        var filled = 0;
        while (await passage.Request.Body.ReadAsync(buffer.AsMemory(filled), passage.Call.RequestAborted) is > 0 and var read)
        {
            filled += read;
            if (filled > most)
            {
                return null;
            }

            if (filled == buffer.Length)
            {
                Array.Resize(ref buffer, (int)Math.Min(2L * buffer.Length, most + 1L));
            }
        }

        return buffer.AsMemory(0, filled);
    }

    private static StrictJsonLimits LimitsOf(DoorRoute route) =>
        (route.Form == RefusalForm.Fhir ? OfFhir : StrictJsonLimits.Default) with { Bytes = route.MostBytes };
}
