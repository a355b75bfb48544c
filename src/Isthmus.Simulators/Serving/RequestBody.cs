using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace Isthmus.Simulators.Serving;

/// <summary>Reads a request's body into one rented array, so that the bytes can be walked and logged where they lie.</summary>
internal static class RequestBody
{
    /// <summary>The array (to be returned to the shared pool) and the length filled; Kestrel has already limited the size.</summary>
    public static async Task<(byte[] Rented, int Length)> ReadAsync(HttpContext call)
    {
        var rented = ArrayPool<byte>.Shared.Rent((int)Math.Max(call.Request.ContentLength ?? 0, 4096));
        var length = 0;
        while (true)
        {
            var read = await call.Request.BodyReader.ReadAsync(call.RequestAborted);
            foreach (var segment in read.Buffer)
            {
                if (rented.Length - length < segment.Length)
                {
                    rented = Grow(rented, length, length + segment.Length);
                }

                segment.CopyTo(rented.AsMemory(length));
                length += segment.Length;
            }

            call.Request.BodyReader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return (rented, length);
            }
        }
    }

    private static byte[] Grow(byte[] rented, int length, int needed)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, rented.Length * 2));
        rented.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(rented, clearArray: true);
        return larger;
    }
}
