using System.Buffers;
using System.Diagnostics;
using System.Text.Json;

namespace Isthmus.Host.Bench;

/// <summary>
/// What the machine's cores can do together at this moment: System.Text.Json parses a document and writes it again, on all
/// of them at once. A virtual machine's cores may give half of what they gave an hour ago; this says so.
/// </summary>
internal static class JsonReference
{
    private static readonly TimeSpan Warming = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Measuring = TimeSpan.FromSeconds(2);

    public static double PerSecond(byte[] json)
    {
        Together(json, Warming);
        return Together(json, Measuring);
    }

    private static double Together(byte[] json, TimeSpan lasting)
    {
        var clock = Stopwatch.StartNew();
        var counts = new long[Environment.ProcessorCount];
        var threads = Enumerable.Range(0, counts.Length).Select(core => new Thread(() => counts[core] = Rewrite(json, lasting))).ToArray();
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        return counts.Sum() / clock.Elapsed.TotalSeconds;
    }

    private static long Rewrite(byte[] json, TimeSpan lasting)
    {
        var output = new ArrayBufferWriter<byte>(json.Length * 2);
        var clock = Stopwatch.StartNew();
        var count = 0L;
        for (; clock.Elapsed < lasting; count++)
        {
            output.ResetWrittenCount();
            using var document = JsonDocument.Parse(json);
            using var writer = new Utf8JsonWriter(output);
            document.WriteTo(writer);
        }

        return count;
    }
}
