using System.Buffers;
using System.Diagnostics;
using System.Text.Json;
using Isthmus.Hl7v2;
using Isthmus.Host.Running;
using Isthmus.Mapping;

namespace Isthmus.Host.Bench;

/// <summary>
/// HL7 v2 to FHIR JSON on one core: parse, translate, write the bundle, over an ORU with ten OBX. Beside it, the same bundle
/// parsed and written again by System.Text.Json, which translates nothing.
/// </summary>
internal static class ConvertBench
{
    private const double Bar = 10_000;

    /// <summary>One round of warming up; rounds go on until tiered compilation is done with the hot path and the rate stands.</summary>
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);

    private const int MostRounds = 8;

    public static IReadOnlyList<BenchResult> Run(DirectoryInfo site, TimeSpan lasting, CancellationToken cancel)
    {
        var loading = Stopwatch.StartNew();
        var loaded = SiteMaps.Load(site);
        if (loaded.Maps is null)
        {
            throw new InvalidDataException($"The site's maps do not load: {loaded.Faults[0]}");
        }

        loading.Stop();
        using var processor = PinnedProcess.Pin();
        var traffic = new SampleTraffic();
        var messages = Enumerable.Range(1, 256).Select(i => Unframed(traffic.Frame(i, i % 40))).ToArray();
        var reader = new Hl7Reader();
        var translator = new Translator(loaded.Maps);
        var context = new TranslationContext(TimeZoneInfo.Utc, "bench", SiteMaps.ConvertIdKey, null, TimeProvider.System.GetUtcNow(), "bench");
        var output = new ArrayBufferWriter<byte>(64 * 1024);

        void Convert(byte[] message)
        {
            output.ResetWrittenCount();
            using var translation = translator.Translate(reader.Read(message).Message!, context);
            translation.WriteBundle(output);
        }

        Warm(Convert, messages, cancel);
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var (rate, count) = Rate(Convert, messages, lasting, cancel);
        var perMessage = (GC.GetAllocatedBytesForCurrentThread() - allocated) / count;
        var bundle = output.WrittenSpan.ToArray();

        void Again(byte[] json)
        {
            output.ResetWrittenCount();
            using var document = JsonDocument.Parse(json);
            using var writer = new Utf8JsonWriter(output);
            document.WriteTo(writer);
        }

        Warm(Again, [bundle], cancel);
        var (reference, _) = Rate(Again, [bundle], lasting / 2, cancel);
        return
        [
            BenchResult.AtLeast("ORU with 10 OBX to FHIR bundle, one core", rate, "messages/s", Bar, Math.Round(reference)),
            BenchResult.Info("message", messages[0].Length, "bytes"),
            BenchResult.Info("bundle", bundle.Length, "bytes"),
            BenchResult.Info("allocated per message", perMessage, "bytes"),
            BenchResult.Info("maps loaded and compiled in", loading.Elapsed.TotalMilliseconds, "ms"),
        ];
    }

    /// <summary>The bundle of one message of the traffic.</summary>
    public static byte[] SampleBundle(DirectoryInfo site)
    {
        var output = new ArrayBufferWriter<byte>(64 * 1024);
        var context = new TranslationContext(TimeZoneInfo.Utc, "bench", SiteMaps.ConvertIdKey, null, TimeProvider.System.GetUtcNow(), "bench");
        var maps = SiteMaps.Load(site).Maps ?? throw new InvalidDataException("The site's maps do not load. Run `isthmus site check`.");
        using var translation = new Translator(maps).Translate(new Hl7Reader().Read(Unframed(new SampleTraffic().Frame(1, 1))).Message!, context);
        translation.WriteBundle(output);
        return output.WrittenSpan.ToArray();
    }

    private static void Warm(Action<byte[]> work, byte[][] inputs, CancellationToken cancel)
    {
        var before = 0.0;
        for (var round = 0; round < MostRounds; round++)
        {
            var (now, _) = Rate(work, inputs, WarmUp, cancel);
            if (round > 1 && now < before * 1.03)
            {
                return;
            }

            before = now;
        }
    }

    private static (double PerSecond, long Count) Rate(Action<byte[]> work, byte[][] inputs, TimeSpan lasting, CancellationToken cancel)
    {
        var watch = Stopwatch.StartNew();
        long count = 0;
        while (watch.Elapsed < lasting)
        {
            cancel.ThrowIfCancellationRequested();
            for (var i = 0; i < 64; i++)
            {
                work(inputs[count++ % inputs.Length]);
            }
        }

        return (count / watch.Elapsed.TotalSeconds, count);
    }

    private static byte[] Unframed(byte[] frame) => frame[1..^2];
}
