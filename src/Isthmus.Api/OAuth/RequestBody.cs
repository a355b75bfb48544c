using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Isthmus.Api.OAuth;

/// <summary>Reads a small body of one media type; refuses what has a query, whose content would stand in logs.</summary>
internal static class RequestBody
{
    /// <summary>Null when the request was refused, and answered so.</summary>
    public static async Task<ReadOnlyMemory<byte>?> ReadAsync(HttpContext call, string mediaType, int most)
    {
        if (call.Request.QueryString.HasValue)
        {
            await Answers.RefuseAsync(call, StatusCodes.Status400BadRequest, "invalid_request", RequestRules.QueryRefused);
            return null;
        }

        if (!MediaTypeHeaderValue.TryParse(call.Request.ContentType, out var type)
            || !type.MediaType.Equals(mediaType, StringComparison.OrdinalIgnoreCase)
            || (type.Charset.HasValue && !type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase)))
        {
            await Answers.RefuseAsync(call, StatusCodes.Status400BadRequest, "invalid_request", RequestRules.MediaTypeUnsupported);
            return null;
        }

        if (call.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = most + 1;
        }

        if (call.Request.ContentLength is not { } announced || announced <= most)
        {
            try
            {
                if (await FillAsync(call, most) is { } body)
                {
                    return body;
                }
            }
            catch (BadHttpRequestException large) when (large.StatusCode == StatusCodes.Status413PayloadTooLarge)
            {
                // The server counted it first.
            }
        }

        call.Response.Headers.Connection = "close";
        await Answers.RefuseAsync(call, StatusCodes.Status413PayloadTooLarge, "invalid_request", RequestRules.BodyTooLarge);
        return null;
    }

    private static async Task<ReadOnlyMemory<byte>?> FillAsync(HttpContext call, int most)
    {
        var room = new byte[Math.Min(call.Request.ContentLength ?? 4096, most) + 1];
        var length = 0;
        while (true)
        {
            var read = await call.Request.Body.ReadAsync(room.AsMemory(length), call.RequestAborted);
            length += read;
            if (read == 0)
            {
                return room.AsMemory(0, length);
            }

            if (length > most)
            {
                return null;
            }

            if (length == room.Length)
            {
                Array.Resize(ref room, Math.Min(room.Length * 2, most + 1));
            }
        }
    }
}
