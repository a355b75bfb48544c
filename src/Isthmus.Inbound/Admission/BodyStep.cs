using Isthmus.Exchange;
using Isthmus.Inbound.Listeners;
using Isthmus.Inbound.Listeners.Http;
using Microsoft.AspNetCore.Http;

namespace Isthmus.Inbound.Admission;

/// <summary>
/// The body, read whole within the route's limit, and if it is JSON, that every reader behind will read it in the same way. Only now: no
/// stranger's is kept.
/// </summary>
/// <param name="memory">What all requests of the door may hold together until each is answered: a route's limit times the connections would be
/// more than a machine has.</param>
internal sealed class BodyStep(FrameMemory memory) : AdmissionStep
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
            if (await ReadAsync(passage) is { } full)
            {
                return full == HttpRules.NoRoom ? AdmissionRules.NoRoom : AdmissionRules.BodyTooLarge;
            }
        }
        catch (BadHttpRequestException large) when (large.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            // The server counts too, and where it does so first the answer is to have the same form.
            return AdmissionRules.BodyTooLarge;
        }

        var isJson = passage.Request.ContentType?.Contains("json", StringComparison.OrdinalIgnoreCase) == true;
        return isJson && StrictJson.Check(passage.Body.Span, LimitsOf(passage.Route)) is { } unfit ? new Refused(400, unfit) : null;
    }

    /// <summary>Null once the body is read to its end; otherwise what forbids that.</summary>
    private async Task<Refusal?> ReadAsync(Passage passage)
    {
        var request = passage.Request;
        var buffer = passage.Hold(new BodyBuffer(memory, passage.Route.MostBytes));
        if (!buffer.TryReserve((int)Math.Min(request.ContentLength ?? FirstBuffer, FirstBuffer)))
        {
            return HttpRules.NoRoom;
        }

        while (await request.Body.ReadAsync(buffer.Free, passage.Call.RequestAborted) is > 0 and var read)
        {
            if (buffer.Take(read) is { } full)
            {
                return full;
            }
        }

        passage.Body = buffer.Content;
        return null;
    }

    private static StrictJsonLimits LimitsOf(DoorRoute route) =>
        (route.Form == RefusalForm.Fhir ? OfFhir : StrictJsonLimits.Default) with { Bytes = route.MostBytes };
}
