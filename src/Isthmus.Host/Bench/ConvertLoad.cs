using System.Buffers;
using System.Diagnostics;
using System.Text.Json;
using Isthmus.Host.Running;
using Isthmus.Hl7v2;
using Isthmus.Fhir.Json;
using Isthmus.Mapping;
using Isthmus.Mapping.Reverse;

namespace Isthmus.Host.Bench;

/// <summary>
/// Messages read, translated and written as bundles, one after another; and beside it, as the machine's own limit, one
/// such bundle parsed and written again by System.Text.Json, which translates nothing.
/// </summary>
internal sealed class ConvertLoad
{
    private const int MostRounds = 8;

    /// <summary>Looked at the clock only so often, so that the clock does not count.</summary>
    private const int BetweenLooks = 64;

    /// <summary>One round of warming up; rounds go on until tiered compilation is done with the hot path and the rate stands.</summary>
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);

    private readonly Hl7Reader reader = new();
    private readonly ArrayBufferWriter<byte> output = new(64 * 1024);
    private readonly TranslationContext context = new(TimeZoneInfo.Utc, "bench", SiteMaps.ConvertIdKey, null, TimeProvider.System.GetUtcNow(), "bench");
    private readonly Translator translator;
    private readonly ReverseTranslator reverse;

    public ConvertLoad(DirectoryInfo site)
    {
        var loading = Stopwatch.StartNew();
        var loaded = SiteMaps.Load(site);
        var maps = loaded.Maps ?? throw new InvalidDataException($"The site's maps do not load: {loaded.Faults[0]}");
        translator = new(maps);
        reverse = new(maps);
        Loading = loading.Elapsed;
    }

    /// <summary>How long the maps took to load and compile.</summary>
    public TimeSpan Loading { get; }

    /// <summary>The bundle of one message.</summary>
    public byte[] BundleOf(byte[] message)
    {
        Convert(message);
        return output.WrittenSpan.ToArray();
    }

    /// <returns>Messages per second, and bytes allocated for each.</returns>
    public (double PerSecond, long Allocated) Measure(byte[][] messages, TimeSpan lasting, CancellationToken cancel)
    {
        Warm(Convert, messages, cancel);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var (rate, count) = Rate(Convert, messages, lasting, cancel);
        return (rate, (GC.GetAllocatedBytesForCurrentThread() - before) / count);
    }

    /// <returns>Bundles read and written as messages per second, and bytes allocated for each.</returns>
    public (double PerSecond, long Allocated) MeasureReverse(byte[][] bundles, TimeSpan lasting, CancellationToken cancel)
    {
        var back = new ReverseContext(TimeProvider.System.GetUtcNow(), "bench");
        Warm(Write, bundles, cancel);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var (rate, count) = Rate(Write, bundles, lasting, cancel);
        return (rate, (GC.GetAllocatedBytesForCurrentThread() - before) / count);

        void Write(byte[] bundle)
        {
            if (!reverse.Translate(FhirJsonReader.Read(bundle).Root, back).IsWritten)
            {
                throw new InvalidDataException("The bundle does not come back as a message.");
            }
        }
    }

    /// <returns>How often a second the bundle is parsed and written again.</returns>
    public double MeasureJsonAlone(byte[] bundle, TimeSpan lasting, CancellationToken cancel)
    {
        Warm(Again, [bundle], cancel);
        return Math.Round(Rate(Again, [bundle], lasting, cancel).PerSecond);

        void Again(byte[] json)
        {
            output.ResetWrittenCount();
            using var document = JsonDocument.Parse(json);
            using var writer = new Utf8JsonWriter(output);
            document.WriteTo(writer);
        }
    }

    private void Convert(byte[] message)
    {
        output.ResetWrittenCount();
        using var translation = translator.Translate(reader.Read(message).Message!, context);
        translation.WriteBundle(output);
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
        var before = ProcessorTime.Now;
        long count = 0;
        while (ProcessorTime.Now - before < lasting)
        {
            cancel.ThrowIfCancellationRequested();
            for (var i = 0; i < BetweenLooks; i++)
            {
                work(inputs[count++ % inputs.Length]);
            }
        }

        return (count / (ProcessorTime.Now - before).TotalSeconds, count);
    }
}
