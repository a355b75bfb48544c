using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Isthmus.Inbound.Admission;

/// <summary>What the header says of the body: media type, encoding, announced size. Nothing of it is read for a stranger.</summary>
internal sealed class ContentStep : AdmissionStep
{
    public string Name => "content";

    public ValueTask<Refused?> CheckAsync(Passage passage) => ValueTask.FromResult(Check(passage));

    private static Refused? Check(Passage passage)
    {
        var (request, route) = (passage.Request, passage.Route);
        var hasBody = request.ContentLength > 0 || request.Headers.ContainsKey(HeaderNames.TransferEncoding);
        if (route.MediaTypes.Count == 0)
        {
            return hasBody ? AdmissionRules.BodyUnexpected : null;
        }

        if (request.Headers.ContainsKey(HeaderNames.ContentEncoding))
        {
            return AdmissionRules.EncodingUnsupported;
        }

        if (request.ContentLength > route.MostBytes)
        {
            return AdmissionRules.BodyTooLarge;
        }

        if (passage.Call.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = route.MostBytes;
        }

        return IsOf(request.ContentType, route.MediaTypes) ? null : AdmissionRules.MediaTypeUnsupported;
    }

    private static bool IsOf(string? contentType, IReadOnlyList<string> mediaTypes)
    {
        var type = contentType.AsSpan();
        var end = type.IndexOf(';');
        type = (end < 0 ? type : type[..end]).Trim();
        foreach (var known in mediaTypes)
        {
            if (type.Equals(known, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
