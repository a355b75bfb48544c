using System.Text.Json;
using System.Text.Json.Serialization;
using Isthmus.Simulators.Faults;
using Microsoft.AspNetCore.Http;

namespace Isthmus.Simulators.Serving;

/// <summary>Answers that every simulator gives in the same way.</summary>
internal static class Answers
{
    public static JsonSerializerOptions JsonShape { get; } = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public static Task JsonAsync(HttpContext call, object value, int status = StatusCodes.Status200OK)
    {
        call.Response.StatusCode = status;
        return BytesAsync(call, JsonSerializer.SerializeToUtf8Bytes(value, JsonShape), "application/json");
    }

    public static async Task BytesAsync(HttpContext call, ReadOnlyMemory<byte> bytes, string contentType)
    {
        call.Response.ContentType = contentType;
        call.Response.ContentLength = bytes.Length;
        await call.Response.BodyWriter.WriteAsync(bytes, call.RequestAborted);
    }

    /// <summary>One JSON value per line, written as it is produced.</summary>
    public static async Task LinesAsync<T>(HttpContext call, IEnumerable<T> values)
    {
        call.Response.ContentType = "application/x-ndjson";
        using var line = new MemoryStream();
        foreach (var value in values)
        {
            line.SetLength(0);
            await JsonSerializer.SerializeAsync(line, value, JsonShape, call.RequestAborted);
            line.WriteByte((byte)'\n');
            await call.Response.BodyWriter.WriteAsync(line.GetBuffer().AsMemory(0, (int)line.Length), call.RequestAborted);
        }
    }

    /// <summary>
    /// Plays the part of a fault that comes before any effect. True if the call goes on (unharmed, late, or to lose its answer
    /// afterwards), false if it is over.
    /// </summary>
    public static async Task<bool> SurvivesAsync(HttpContext call, Fault? fault, Func<int, Task> answerStatus)
    {
        switch (fault)
        {
            case null or { Kind: Fault.TimeoutAfterEffect }:
                return true;
            case { Kind: Fault.Latency }:
                await Task.Delay(fault.Milliseconds ?? 0, call.RequestAborted);
                return true;
            case { Kind: Fault.Drop }:
                call.Abort();
                return false;
            default:
                if (fault.RetryAfterSeconds is { } seconds)
                {
                    call.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
                }

                await answerStatus(fault.Status);
                return false;
        }
    }

    /// <summary>Never answers: holds the connection as long as the fault says, then cuts it.</summary>
    public static async Task FallSilentAsync(HttpContext call, Fault fault)
    {
        try
        {
            await Task.Delay(fault.Milliseconds ?? Timeout.Infinite, call.RequestAborted);
        }
        catch (OperationCanceledException) when (call.RequestAborted.IsCancellationRequested)
        {
            return;
        }

        call.Abort();
    }
}
